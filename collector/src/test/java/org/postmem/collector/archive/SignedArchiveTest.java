package org.postmem.collector.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postmem.collector.archive.SignatureCheck.Outcome;

class SignedArchiveTest {
    /** The first two test vectors of RFC 8032, section 7.1: secret keys and their public keys. */
    private static final String SECRET = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";

    private static final String PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    private static final String OTHER_PUBLIC = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";

    /** What DER puts before the 32 bytes, as openssl writes it. */
    private static final String PKCS8 = "302e020100300506032b657004220420";

    private static final String SUBJECT_PUBLIC_KEY_INFO = "302a300506032b6570032100";

    @TempDir
    Path folder;

    private SegmentSigner signer;
    private SignatureCheck check;

    @BeforeEach
    void keys() throws IOException {
        signer = SegmentSigner.of(pem("key", "PRIVATE KEY", PKCS8 + SECRET));
        check = SignatureCheck.of(pem("pub", "PUBLIC KEY", SUBJECT_PUBLIC_KEY_INFO + PUBLIC));
    }

    private Path pem(String name, String label, String hex) throws IOException {
        return Files.writeString(
                folder.resolve(name),
                "-----BEGIN " + label + "-----\n"
                        + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex)) + "\n-----END " + label
                        + "-----\n");
    }

    private Path write(Compression compression, int snapshots) throws IOException {
        Path path = folder.resolve("lab");
        try (ArchiveWriter writer = ArchiveWriter.create(
                path,
                Archives.options(compression, 2).signedBy(signer),
                Archives.CAPTURE,
                Archives.CLOCK,
                segment -> {})) {
            for (int number = 1; number <= snapshots; number++) {
                Archives.write(writer, number);
            }
        }
        return path;
    }

    private List<Outcome> outcomes(Path path) throws IOException {
        return ArchiveVerifier.verify(path, check).signatures();
    }

    private static String printed(ArchiveVerifier.Result result) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ArchiveVerifier.print(result, new PrintStream(out, true, StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theKeyOfTheSignerIsThatOfThePublicKey() {
        assertThat(signer.key()).isEqualTo(check.key());
    }

    @ParameterizedTest
    @EnumSource
    void everySegmentIsSigned(Compression compression) throws IOException {
        Path path = write(compression, 5);
        ArchiveVerifier.Result result = ArchiveVerifier.verify(path, check);
        assertThat(result.signatures()).containsExactly(Outcome.SIGNED, Outcome.SIGNED, Outcome.SIGNED);
        assertThat(result.signed()).isTrue();
        assertThat(printed(result)).endsWith(path + ": every segment is signed with this key\n");
        assertThat(printed(ArchiveVerifier.verify(path)))
                .contains("signed with key " + check.key().substring(0, 16) + ", not checked");
        assertThat(Archives.readable(path)).isEqualTo(Archives.expectedUpTo(5));
    }

    @ParameterizedTest
    @EnumSource
    void whatIsLeftAfterDroppingIsSignedAndSoIsWhatHoldsThePlace(Compression compression) throws IOException {
        Path path = folder.resolve("lab");
        try (ArchiveWriter writer = ArchiveWriter.create(
                path,
                Archives.options(compression, 2).signedBy(signer),
                Archives.CAPTURE,
                Archives.CLOCK,
                segment -> {})) {
            for (int number = 1; number <= 9; number++) {
                Archives.write(writer, number);
            }
            writer.shorten(Archives.dropping(1, 2));
        }
        assertThat(outcomes(path)).containsExactly(Outcome.SIGNED, Outcome.SIGNED, Outcome.SIGNED, Outcome.SIGNED);
    }

    @ParameterizedTest
    @EnumSource
    void anotherKeyIsAnotherKeyAndNoKeyIsNone(Compression compression) throws IOException {
        Path path = write(compression, 3);
        SignatureCheck other = SignatureCheck.of(pem("other", "PUBLIC KEY", SUBJECT_PUBLIC_KEY_INFO + OTHER_PUBLIC));
        ArchiveVerifier.Result result = ArchiveVerifier.verify(path, other);
        assertThat(result.signatures()).containsExactly(Outcome.OTHER_KEY, Outcome.OTHER_KEY);
        assertThat(printed(result)).contains("signed with another key, " + signer.key());
        Path unsigned = folder.resolve("unsigned");
        Archives.write(unsigned, compression, 2, 3);
        assertThat(outcomes(unsigned)).containsExactly(Outcome.NOT_SIGNED, Outcome.NOT_SIGNED);
        assertThat(printed(ArchiveVerifier.verify(unsigned, check)))
                .contains("0 of 2 segments are signed with this key");
    }

    @ParameterizedTest
    @EnumSource
    void whatIsAttachedWithoutTheKeyIsNotSigned(Compression compression) throws IOException {
        Path path = write(compression, 3);
        Path note = Files.writeString(folder.resolve("note.txt"), "seen at noon\n");
        ArchiveAttachment.attach(path, List.of(note), Archives.CLOCK);
        assertThat(outcomes(path)).containsExactly(Outcome.SIGNED, Outcome.SIGNED, Outcome.NOT_SIGNED);
        ArchiveAttachment.attach(path, List.of(note), Archives.CLOCK, signer);
        assertThat(outcomes(path)).containsExactly(Outcome.SIGNED, Outcome.SIGNED, Outcome.NOT_SIGNED, Outcome.SIGNED);
    }

    /** A forger who knows the format makes all hashes hold; he has not got the key. */
    @Test
    void aSegmentThatWasForgedWithAllItsHashesHasAWrongSignature() throws IOException {
        Path path = folder.resolve("lab");
        Archives.write(path, Compression.ZSTD, 2, 2);
        ArchiveVerifier.Result result = ArchiveVerifier.verify(path);
        byte[] forged = Files.readAllBytes(path);
        int at = result.segments().get(0).lengthBytes().intValue();
        Trailer honest =
                Trailer.parse(forged, at, forged.length, Compression.ZSTD).trailer();
        Path signed = folder.resolve("signed");
        try (ArchiveWriter writer = ArchiveWriter.create(
                signed,
                Archives.options(Compression.ZSTD, 3).signedBy(signer),
                Archives.CAPTURE,
                Archives.CLOCK,
                segment -> {})) {
            for (int number = 1; number <= 3; number++) {
                Archives.write(writer, number);
            }
        }
        byte[] bytes = Files.readAllBytes(signed);
        int signedAt =
                ArchiveVerifier.verify(signed).segments().get(0).lengthBytes().intValue();
        Trailer.Signed signature = Trailer.parse(bytes, signedAt, bytes.length, Compression.ZSTD)
                .trailer()
                .signed();
        String text =
                new String(honest.bytes(Compression.ZSTD, null), 8, forged.length - at - 8, StandardCharsets.US_ASCII);
        String start = text.substring(0, text.lastIndexOf(",\"crc32c\"")) + ",\"key\":\"" + signature.key()
                + "\",\"signature\":\"" + signature.signature() + '"';
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        crc.update(start.getBytes(StandardCharsets.US_ASCII));
        byte[] payload =
                (start + String.format(",\"crc32c\":\"%08x\"}", crc.getValue())).getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(forged, 0, at + 4);
        out.write(java.nio.ByteBuffer.allocate(4)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .putInt(payload.length)
                .array());
        out.write(payload);
        Files.write(path, out.toByteArray());
        ArchiveVerifier.Result verified = ArchiveVerifier.verify(path, check);
        assertThat(verified.whole()).isTrue();
        assertThat(verified.signatures()).containsExactly(Outcome.WRONG);
        assertThat(printed(verified)).contains("WRONG SIGNATURE").contains("0 of 1 segments are signed with this key");
    }

    /** The trailer of a segment with fields that were added behind its signature, all checksums right. */
    private static byte[] withMore(byte[] bytes, SegmentState segment, String more) {
        int at = (int) (segment.fromByte() + segment.lengthBytes());
        int length = java.nio.ByteBuffer.wrap(bytes)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .getInt(at + 4);
        String text = new String(bytes, at + 8, length, StandardCharsets.US_ASCII);
        String start = text.substring(0, text.lastIndexOf(",\"crc32c\"")) + more;
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        crc.update(start.getBytes(StandardCharsets.US_ASCII));
        byte[] payload =
                (start + String.format(",\"crc32c\":\"%08x\"}", crc.getValue())).getBytes(StandardCharsets.US_ASCII);
        return java.nio.ByteBuffer.allocate(8 + payload.length)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .put(bytes, at, 4)
                .putInt(payload.length)
                .put(payload)
                .array();
    }

    /** Nobody needs the key to write behind a signature. */
    @Test
    void whatWasAddedBehindASignatureIsNotBelieved() throws IOException {
        Path path = write(Compression.ZSTD, 6);
        byte[] bytes = Files.readAllBytes(path);
        List<SegmentState> segments = ArchiveVerifier.verify(path).segments();
        String second = segments.get(1).sha256();
        String third = segments.get(2).sha256();
        // the second segment is taken out, and the others say that the collector thinned it
        ByteArrayOutputStream cut = new ByteArrayOutputStream();
        cut.write(bytes, 0, segments.get(0).lengthBytes().intValue());
        cut.writeBytes(withMore(
                bytes,
                segments.get(0),
                ",\"first_segment\":0,\"replaced_sha256\":\"" + second + "\",\"thinned\":true"));
        cut.write(
                bytes,
                segments.get(2).fromByte().intValue(),
                segments.get(2).lengthBytes().intValue());
        cut.writeBytes(withMore(
                bytes, segments.get(2), ",\"first_segment\":1,\"replaced_sha256\":\"" + third + "\",\"thinned\":true"));
        Files.write(path, cut.toByteArray());
        ArchiveVerifier.Result result = ArchiveVerifier.verify(path, check);
        assertThat(result.signed()).isFalse();
        assertThat(result.signatures()).containsExactly(Outcome.WRONG, Outcome.WRONG);

        // other bytes under the signature of the first segment: a trailer with two fields of one name is none
        Path other = folder.resolve("other");
        Archives.write(other, Compression.ZSTD, 3, 3);
        SegmentState forged = ArchiveVerifier.verify(other).segments().get(0);
        ByteArrayOutputStream exchanged = new ByteArrayOutputStream();
        exchanged.write(Files.readAllBytes(other), 0, forged.lengthBytes().intValue());
        exchanged.writeBytes(withMore(
                bytes,
                segments.get(0),
                ",\"length\":" + forged.lengthBytes() + ",\"sha256\":\"" + forged.sha256() + "\""));
        Files.write(path, exchanged.toByteArray());
        assertThat(ArchiveVerifier.verify(path, check).signatures()).containsExactly(Outcome.NOT_SIGNED);
    }

    @Test
    void oneFlippedByteIsNeverSigned() throws IOException {
        Path path = write(Compression.ZSTD, 4);
        byte[] bytes = Files.readAllBytes(path);
        Path flipped = folder.resolve("flipped");
        for (int offset = 10; offset < bytes.length; offset += 3) {
            byte[] wrong = bytes.clone();
            wrong[offset] ^= 1;
            Files.write(flipped, wrong);
            assertThat(ArchiveVerifier.verify(flipped, check).signed())
                    .as("byte %d", offset)
                    .isFalse();
        }
    }

    @Test
    void aFileThatHoldsNoKeySaysHowToMakeOne() throws IOException {
        Path text = Files.writeString(folder.resolve("text"), "hello\n");
        assertThatThrownBy(() -> SegmentSigner.of(text))
                .isInstanceOf(ArchiveException.class)
                .hasMessage(text + " has no \"-----BEGIN PRIVATE KEY-----\"; make one with: openssl genpkey -algorithm"
                        + " ed25519 -out NEWFILE");
        assertThatThrownBy(() -> SegmentSigner.of(folder.resolve("none")))
                .isInstanceOf(ArchiveException.class)
                .hasMessage("cannot read the key " + folder.resolve("none") + ": no such file");
        // an X25519 key is none that signs
        Path x25519 = pem("x", "PRIVATE KEY", "302e020100300506032b656e04220420" + SECRET);
        assertThatThrownBy(() -> SegmentSigner.of(x25519))
                .isInstanceOf(ArchiveException.class)
                .hasMessageContaining("holds no Ed25519 key");
        assertThatThrownBy(() -> SignatureCheck.of(text))
                .isInstanceOf(ArchiveException.class)
                .hasMessage(text + " has no \"-----BEGIN PUBLIC KEY-----\"; make one with: openssl pkey -in KEYFILE"
                        + " -pubout -out NEWFILE");
    }

    /** Whoever takes one for the other must not be told a command that writes over it. */
    @Test
    void oneKeyTakenForTheOtherIsCalledWhatItIs() {
        Path secret = folder.resolve("key");
        Path open = folder.resolve("pub");
        assertThatThrownBy(() -> SegmentSigner.of(open))
                .isInstanceOf(ArchiveException.class)
                .hasMessage(open + " is a public key, which signs nothing; name the private one it was made of");
        assertThatThrownBy(() -> SignatureCheck.of(secret))
                .isInstanceOf(ArchiveException.class)
                .hasMessage(secret + " is a private key; name its public one, made with: openssl pkey -in " + secret
                        + " -pubout -out NEWFILE");
    }
}
