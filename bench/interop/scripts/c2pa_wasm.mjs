// The Content Authenticity Initiative's build for browsers, of another version than the SDK that we use.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { WasmReader, initSync } from '@contentauth/c2pa-wasm';

const require = createRequire(import.meta.url);
initSync({ module: await readFile(require.resolve('@contentauth/c2pa-wasm/c2pa.wasm')) });
const [anchors, ...files] = process.argv.slice(2);
const purposes = ['1.3.6.1.5.5.7.3.4', '1.3.6.1.5.5.7.3.36', '1.3.6.1.5.5.7.3.8', '1.3.6.1.4.1.62558.2.1'];
const settings = JSON.stringify({
  trust: { trust_anchors: await readFile(anchors, 'utf8'), trust_config: purposes.join('\n') },
  verify: { remote_manifest_fetch: false, ocsp_fetch: false },
});
const types = { jpg: 'jpeg', tif: 'tiff' };

for (const file of files) {
  let found;
  try {
    const suffix = file.split('.').pop().toLowerCase();
    const reader = await WasmReader.fromBytes(`image/${types[suffix] ?? suffix}`, new Uint8Array(await readFile(file)), settings);
    const report = JSON.parse(reader.json());
    const failed = report.validation_results?.activeManifest?.failure ?? [];
    found = { state: report.validation_state.toLowerCase(), codes: [...new Set(failed.map((each) => each.code))] };
  } catch (error) {
    found = { state: 'error', codes: [String(error.message ?? error).slice(0, 80)] };
  }
  console.log(JSON.stringify({ file, ...found }));
}
