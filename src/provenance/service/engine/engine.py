"""The engine: verifier, registry, responder and stamping workers of one config."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from provenance.errors import ConfigError, RecordNotFoundError
from provenance.examine import CheckpointKeeper
from provenance.once import once
from provenance.progress import listen
from provenance.registry import CLAIM_LIFETIME, read_log_key
from provenance.service.engine import receipts
from provenance.service.engine.stamping import StampAnswer, StampingCrew, StampOrder
from provenance.service.refusals import NotOfferedError
from provenance.stamp_id import StampId

if TYPE_CHECKING:
    from provenance.case import Tracer
    from provenance.config import Config
    from provenance.directory import Directory
    from provenance.records import StampRecord
    from provenance.registry import Registry
    from provenance.response import Responder, Response
    from provenance.service.telemetry import Telemetry
    from provenance.signers import LogPublicKey, Signer
    from provenance.verify import Verdict, Verifier


@dataclass(frozen=True)
class Found:
    """A recorded manifest that a picture leads to, and how sure that is, of 100."""

    record: StampRecord
    score: int = 100


class Engine:
    """Everything that is built from a config, each at first use. Safe between threads.

    Raises
    ------
    ConfigError
        A part can't be built.
    """

    def __init__(self, config: Config, telemetry: Telemetry) -> None:
        self.config = config
        self._telemetry = telemetry

    # --- parts ------------------------------------------------------------------------------------

    @once
    def verifier(self) -> Verifier:
        """Examines what strangers send."""
        return self.config.verifier(isolated=True)

    @once
    def _thorough(self) -> Tracer:
        return self._build_tracer(accounts=False)

    def _build_tracer(self, *, accounts: bool) -> Tracer:
        isolated = self.config.verifier(all_marks=True, isolated=True)
        return replace(self.config.tracer(accounts=accounts), verifier=isolated)

    @once
    def _directory(self) -> Directory | None:
        return self.config.load_directory()

    @once
    def registry(self) -> Registry:
        """The registry, to look things up."""
        return self.config.open_registry(read_only=True, lazy=True)

    @once
    def _log_key(self) -> LogPublicKey | None:
        """The public key of the log, by which receipts are checked."""
        section = self.config.registry
        if section is not None and section.log_key is not None:
            return read_log_key(section.log_key).public
        return self.registry.log_key

    @once
    def _keeper(self) -> CheckpointKeeper:
        """Knows the last checkpoint that any process of this service saw."""
        section = self.config.registry
        return CheckpointKeeper(section.checkpoint if section else None, partial(datetime.now, UTC))

    @once
    def _responder(self) -> Responder:
        return self.config.responder(accounts=self.config.registry is not None and self._writes)

    @once
    def _response_signer(self) -> Signer | None:
        return self.config.open_responder()

    @once
    def _result_signer(self) -> Signer | None:
        return self.config.open_service_signer()

    @once
    def _crew(self) -> StampingCrew:
        return StampingCrew(self.config)

    @property
    def _writes(self) -> bool:
        section = self.config.registry
        return section is not None and section.mirror_folder is None

    @property
    def stamps(self) -> bool:
        """Whether it can stamp."""
        return self.config.producer is not None and self.config.signing is not None and self._writes

    @property
    def responds(self) -> bool:
        """Whether it can answer requests."""
        return self.config.response.signer is not None and self._writes

    @property
    def has_registry(self) -> bool:
        """Whether there is a registry to look things up in."""
        return self.config.registry is not None

    @property
    def signs_results(self) -> bool:
        """Whether verdicts for download are signed."""
        return self._result_signer is not None

    def start(self) -> None:
        """Build what is offered, so that a wrong config stops the start and not a request."""
        _ = self._result_signer
        self.verifier.start()
        if self.has_registry:
            _ = self.registry
        if self.responds:
            _ = self._responder, self._response_signer
        if self.stamps:
            self._crew.start()

    def close(self) -> None:
        """End the workers and close the databases."""
        if "_crew" in vars(self):
            self._crew.close()
        if "verifier" in vars(self):
            self.verifier.close()
        if "_thorough" in vars(self):
            self._thorough.verifier.close()
        for name in ("registry", "_responder"):
            if name in vars(self):
                found = vars(self)[name]
                getattr(found, "registry", found).close()

    # --- what it does -----------------------------------------------------------------------------

    def verify(self, data: bytes, manifest: bytes | None = None) -> Verdict:
        """Examine a picture and decide.

        Raises
        ------
        InputError, ManifestError
            The picture, or the manifest that came with it, can't be used.
        """
        with self._telemetry.stages("verify") as enter, listen(enter):
            return self.verifier.verify(data, manifest)

    def write_result(self, data: bytes, manifest: bytes | None = None) -> bytes:
        """Examine a picture, and write the verdict as a file that can be kept and shown.

        Raises
        ------
        InputError, ManifestError
            The picture can't be used.
        SigningError
            The signer failed.
        """
        return self.verify_and_write(data, manifest)[1]

    def verify_and_write(self, data: bytes, manifest: bytes | None = None) -> tuple[Verdict, bytes]:
        """Examine a picture; return the verdict, and the file of it as ``write_result`` does."""
        from provenance.verify import write_result

        verdict = self.verify(data, manifest)
        address = self.config.service.address
        return verdict, write_result(verdict, address, self._result_signer)

    def stamp(self, order: StampOrder) -> StampAnswer:
        """Stamp a picture.

        Raises
        ------
        ProvenanceError
            See ``Stamper.stamp``.
        """
        with self._telemetry.stages("stamp") as enter, listen(enter):
            return self._crew.stamp(order)

    def forget_claims(self) -> int:
        """Delete the promises that are too old for their requests to come again; count them.

        Raises
        ------
        RegistryError
            The registry can't be written to.
        """
        if not self.stamps:
            return 0
        with self.config.open_registry() as registry:
            return registry.claims.forget(datetime.now(UTC) - CLAIM_LIFETIME)

    def respond(self, stamp_id: StampId) -> bytes:
        """Write the signed response about a stamp.

        Raises
        ------
        NotOfferedError
            There is no key for responses.
        RegistryError, SigningError
            Registry or signer failed.
        """
        return self._write_response(partial(self._responder.answer_order, stamp_id, None, None))

    def answer(self, request: bytes) -> bytes:
        """Answer a request that came as a file, see ``provenance.response``.

        Raises
        ------
        RequestError
            It can't be read.
        NotOfferedError, RegistryError, SigningError
            As in ``respond``.
        """
        from provenance.response import read_request

        return self._write_response(partial(self._responder.answer, read_request(request)))

    def _write_response(self, answer: Callable[[], Response]) -> bytes:
        from provenance.response import write_response

        if not self.responds or self._response_signer is None:
            raise NotOfferedError("This service has no key for responses.")
        return write_response(answer(), self._response_signer)

    def trace(self, data: bytes, case: str, purpose: str | None) -> Mapping[str, bytes]:
        """Examine a picture for a case and return the files of its folder.

        Raises
        ------
        ConfigError
            There is a purpose, but accounts can't be read here.
        InputError, SigningError
            The picture can't be used, or the examiner's signer failed.
        """
        from provenance.case import Source

        tracer = self._thorough if purpose is None else self._build_tracer(accounts=True)
        with self._telemetry.stages("trace") as enter, listen(enter):
            return tracer.trace(Source(lambda: data), case, "provenance serve", purpose).files

    def find_by_id(self, stamp_id: StampId) -> Found | None:
        """Find the manifest that a mark leads to."""
        record = self._require_registry().by_id(stamp_id)
        return None if record is None else Found(record)

    def find_by_content(self, data: bytes) -> list[Found]:
        """Find the manifests that a picture's marks, or its own manifest, lead to.

        Raises
        ------
        InputError
            The picture can't be used.
        """
        with self._telemetry.stages("match") as enter, listen(enter):
            examination = self.verifier.examine(data)
            verdict = self.verifier.judge(examination)
        ids = [mark.stamp_id for mark in verdict.evidence.marks]
        own = verdict.evidence.manifest
        if own is not None and own.payload is not None:
            ids.append(StampId.from_payload(own.payload))
        found = (self.find_by_id(each) for each in dict.fromkeys(ids))
        return [each for each in found if each is not None]

    def read_manifest(self, urn: str) -> bytes:
        """Read the manifest store of a recorded stamp, by the name of its manifest.

        Raises
        ------
        RecordNotFoundError
            There is none.
        """
        registry = self._require_registry()
        record = registry.by_urn(urn)
        store = registry.manifest_store(record.stamp_id) if record else None
        if store is None:
            raise RecordNotFoundError("The registry has no manifest of this name.")
        return store

    def write_receipt(self, urn: str, base: str) -> dict[str, Any]:
        """Prove that the log holds a manifest; see ``receipts.write_receipt``."""
        return receipts.write_receipt(self._require_registry(), urn, base)

    def check_receipt(self, urn: str, body: bytes) -> dict[str, Any]:
        """Tell whether a receipt holds; see ``receipts.check_receipt``."""
        return receipts.check_receipt(self._require_registry(), self._log_key, urn, body)

    def make_signpost(self, number: int | None) -> dict[str, Any]:
        """Say who holds a producer number, or all that are known, and whom to ask."""
        from provenance.directory import Directory, make_signpost

        return make_signpost(self._directory or Directory(), number, datetime.now(UTC))

    def check_ready(self) -> None:
        """Check that the registry answers and, where stamps are made, that its log goes on.

        A service that only verifies goes on with a log that does not: each verdict says so.

        Raises
        ------
        RegistryError
            It does not answer; or it is not the log that was seen before, and no stamp may be made.
        """
        if self.stamps:
            self._keeper.guard(self.registry)
        elif self.has_registry:
            self.registry.checkpoint()

    def _require_registry(self) -> Registry:
        if not self.has_registry:
            raise NotOfferedError("This service has no registry.")
        try:
            return self.registry
        except ConfigError as error:
            raise NotOfferedError("This service has no registry.") from error
