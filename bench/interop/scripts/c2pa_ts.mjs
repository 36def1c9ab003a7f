// TrustNXT's c2pa-ts, the one implementation that shares no code with C2PA's SDK. It knows no trust lists.
import { readFile } from 'node:fs/promises';
import { BMFF, JPEG, PNG } from '@trustnxt/c2pa-ts/asset';
import { SuperBox } from '@trustnxt/c2pa-ts/jumbf';
import { ManifestStore, ValidationResult } from '@trustnxt/c2pa-ts/manifest';

async function judge(bytes) {
  const kind = [JPEG, PNG, BMFF].find((each) => each.canRead(bytes));
  if (!kind) return { state: 'not supported', codes: [] };
  const asset = new kind(bytes);
  let result;
  try {
    const jumbf = asset.getManifestJUMBF();
    if (!jumbf) return { state: 'no manifest', codes: [] };
    result = await ManifestStore.read(SuperBox.fromBuffer(jumbf)).validate(asset);
  } catch (error) {
    result = ValidationResult.fromError(error);
  }
  const failed = result.statusEntries.filter((each) => each.success === false);
  return { state: result.isValid ? 'valid' : 'invalid', codes: [...new Set(failed.map((each) => each.code))] };
}

for (const file of process.argv.slice(3)) {
  let found;
  try {
    found = await judge(new Uint8Array(await readFile(file)));
  } catch (error) {
    found = { state: 'error', codes: [String(error.message).slice(0, 80)] };
  }
  console.log(JSON.stringify({ file, ...found }));
}
