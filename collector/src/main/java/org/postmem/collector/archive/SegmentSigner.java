package org.postmem.collector.archive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;

/**
 * Signs trailers with an Ed25519 key (RFC 8032), by the JDK's own means. The key is a PEM file as
 * {@code openssl genpkey -algorithm ed25519} writes it (PKCS#8, {@code BEGIN PRIVATE KEY}).
 */
public final class SegmentSigner {
    /** Into a new file: the one that was named may be the wrong key, and is never to be overwritten. */
    private static final String HOW_TO_MAKE = "openssl genpkey -algorithm ed25519 -out NEWFILE";

    private static final int SEED_BYTES = 32;
    private static final Set<PosixFilePermission> FOR_OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private final PrivateKey privateKey;
    private final String key;
    private final String exposed;

    private SegmentSigner(PrivateKey privateKey, String key, String exposed) {
        this.privateKey = privateKey;
        this.key = key;
        this.exposed = exposed;
    }

    /**
     * Reads a key.
     *
     * @throws ArchiveException when the file holds no such key
     */
    public static SegmentSigner of(Path pem) throws IOException {
        byte[] der = Pem.read(
                pem,
                new Pem.Wanted(
                        "PRIVATE KEY",
                        HOW_TO_MAKE,
                        "PUBLIC KEY",
                        " is a public key, which signs nothing; name the private one it was made of"));
        try {
            PrivateKey privateKey = KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(der));
            SegmentSigner signer = new SegmentSigner(privateKey, fingerprint(publicKey(privateKey)), exposed(pem));
            signer.sign(new byte[0]);
            return signer;
        } catch (NoSuchAlgorithmException e) {
            throw withoutEd25519(e);
        } catch (GeneralSecurityException e) {
            throw new ArchiveException(
                    pem + " holds no Ed25519 key (" + e.getMessage() + "); make one with: " + HOW_TO_MAKE, e);
        }
    }

    /** Its permissions when others than its owner may read or write it, else null; where files have none likewise. */
    private static String exposed(Path file) throws IOException {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return null;
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        return permissions.stream().anyMatch(FOR_OTHERS::contains) ? PosixFilePermissions.toString(permissions) : null;
    }

    /** A runtime may be made without the module that knows elliptic curves. */
    static ArchiveException withoutEd25519(NoSuchAlgorithmException e) {
        return new ArchiveException(
                "this Java knows no Ed25519 (" + e.getMessage() + "); use one with the module jdk.crypto.ec", e);
    }

    /**
     * The JDK works out a public key only when it makes a pair; the private key is all that goes into a pair's making,
     * so it is handed in where chance is asked for.
     */
    private static PublicKey publicKey(PrivateKey privateKey) throws GeneralSecurityException {
        byte[] seed = ((EdECPrivateKey) privateKey)
                .getBytes()
                .orElseThrow(() -> new GeneralSecurityException("it cannot be looked into"));
        if (seed.length != SEED_BYTES) {
            throw new GeneralSecurityException("it has " + seed.length + " bytes");
        }
        KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
        generator.initialize(NamedParameterSpec.ED25519, new Known(seed));
        return generator.generateKeyPair().getPublic();
    }

    /** Not random at all. */
    private static final class Known extends SecureRandom {
        private static final long serialVersionUID = 1;
        private final byte[] bytes;

        Known(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        @Override
        public void nextBytes(byte[] target) {
            System.arraycopy(bytes, 0, target, 0, Math.min(bytes.length, target.length));
        }
    }

    static String fingerprint(PublicKey key) {
        return Sha256.of(key.getEncoded());
    }

    /** SHA-256 of the public key (SubjectPublicKeyInfo), hexadecimal. */
    public String key() {
        return key;
    }

    /**
     * Permissions of the key's file as {@code rw-r--r--} when others than its owner may read or write it: then its signatures
     * prove less than one would think. Null when they may not.
     */
    public String exposed() {
        return exposed;
    }

    /** Base64. */
    String sign(byte[] text) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(privateKey);
            signature.update(text);
            return Base64.getEncoder().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key that signed before does not any more", e);
        }
    }

    /** PEM (RFC 7468). */
    static final class Pem {
        private static final int MAX_BYTES = 64 << 10;

        private Pem() {}

        /**
         * Which of the two keys, and what to say where it is not there.
         *
         * @param howToMake a command
         * @param isCounterpart what to say behind the file's name when it holds the other one
         */
        record Wanted(String label, String howToMake, String counterpart, String isCounterpart) {}

        private static String begin(String label) {
            return "-----BEGIN " + label + "-----";
        }

        private static String reason(IOException e) {
            if (e instanceof NoSuchFileException) {
                return "no such file";
            }
            return e instanceof AccessDeniedException ? "permission denied" : e.toString();
        }

        static byte[] read(Path file, Wanted wanted) throws IOException {
            byte[] bytes;
            try {
                if (Files.size(file) > MAX_BYTES) {
                    throw new ArchiveException(file + " is too large for a key; make one with: " + wanted.howToMake());
                }
                bytes = Files.readAllBytes(file);
            } catch (ArchiveException e) {
                throw e;
            } catch (IOException e) {
                throw new ArchiveException("cannot read the key " + file + ": " + reason(e), e);
            }
            String text = new String(bytes, StandardCharsets.US_ASCII);
            Arrays.fill(bytes, (byte) 0);
            String begin = begin(wanted.label());
            int from = text.indexOf(begin);
            int to = text.indexOf("-----END " + wanted.label() + "-----", Math.max(from, 0));
            if (from < 0 && text.contains(begin(wanted.counterpart()))) {
                throw new ArchiveException(file + wanted.isCounterpart());
            }
            if (from < 0 || to < 0) {
                throw new ArchiveException(file + " has no \"" + begin + "\"; make one with: " + wanted.howToMake());
            }
            try {
                return Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to));
            } catch (IllegalArgumentException e) {
                throw new ArchiveException(file + " is no PEM file (" + e.getMessage() + ")", e);
            }
        }
    }
}
