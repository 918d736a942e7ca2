package org.postmem.collector.archive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/**
 * Checks signatures of trailers with an Ed25519 public key, a PEM file as {@code openssl pkey -pubout} writes it
 * (SubjectPublicKeyInfo, {@code BEGIN PUBLIC KEY}).
 */
public final class SignatureCheck {
    private static final String HOW_TO_MAKE = "openssl pkey -in KEYFILE -pubout -out NEWFILE";

    private final PublicKey publicKey;
    private final String key;

    private SignatureCheck(PublicKey publicKey) {
        this.publicKey = publicKey;
        this.key = SegmentSigner.fingerprint(publicKey);
    }

    /** What became of a segment's signature. */
    public enum Outcome {
        /** Made with this key, over the text that stands there. */
        SIGNED,
        /** There is none: not signed, or the segment is still open. */
        NOT_SIGNED,
        /** Made with another key. */
        OTHER_KEY,
        /** Names this key, and does not hold. */
        WRONG
    }

    /**
     * Reads a key.
     *
     * @throws ArchiveException when the file holds no such key
     */
    public static SignatureCheck of(Path pem) throws IOException {
        byte[] der = SegmentSigner.Pem.read(
                pem,
                new SegmentSigner.Pem.Wanted(
                        "PUBLIC KEY",
                        HOW_TO_MAKE,
                        "PRIVATE KEY",
                        " is a private key; name its public one, made with: openssl pkey -in " + pem
                                + " -pubout -out NEWFILE"));
        try {
            return new SignatureCheck(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der)));
        } catch (NoSuchAlgorithmException e) {
            throw SegmentSigner.withoutEd25519(e);
        } catch (GeneralSecurityException e) {
            throw new ArchiveException(
                    pem + " holds no Ed25519 public key (" + e.getMessage() + "); make one with: " + HOW_TO_MAKE, e);
        }
    }

    /** SHA-256 of the public key (SubjectPublicKeyInfo), hexadecimal. */
    public String key() {
        return key;
    }

    /** @param signed {@code null} for a trailer without a signature, or no trailer */
    Outcome check(Trailer.Signed signed) {
        if (signed == null) {
            return Outcome.NOT_SIGNED;
        }
        if (!signed.key().equals(key)) {
            return Outcome.OTHER_KEY;
        }
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initVerify(publicKey);
            signature.update(signed.text().getBytes(StandardCharsets.ISO_8859_1));
            return signature.verify(Base64.getDecoder().decode(signed.signature())) ? Outcome.SIGNED : Outcome.WRONG;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Outcome.WRONG;
        }
    }
}
