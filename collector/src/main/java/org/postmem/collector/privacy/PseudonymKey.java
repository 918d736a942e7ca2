package org.postmem.collector.privacy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes names into pseudonyms: the first 40 bits of HMAC-SHA-256 over kind and name. The same key makes the same of the
 * same name, in every capture; who has not got the key can neither go back nor try names out.
 */
public final class PseudonymKey {
    private static final int KEY_BYTES = 32;
    private static final int PSEUDONYM_BYTES = 5;
    private static final HexFormat HEX = HexFormat.of();

    private final SecretKeySpec key;

    private PseudonymKey(byte[] key) {
        this.key = new SecretKeySpec(key, "HmacSHA256");
    }

    /**
     * Reads a key file, 64 hexadecimal digits; makes one that only its owner may read where there is none.
     *
     * @throws IOException when it can be neither read nor made, is no key, or others may read it; the message is a sentence
     */
    public static PseudonymKey of(Path file) throws IOException {
        if (!Files.exists(file)) {
            make(file);
        }
        Set<PosixFilePermission> permissions = permissions(file);
        if (permissions.stream().anyMatch(permission -> !permission.name().startsWith("OWNER_"))) {
            throw new IOException("the key of the pseudonyms, " + file + ", may be read by others; chmod 600 it");
        }
        String text = Files.readString(file, StandardCharsets.US_ASCII).trim();
        if (!text.matches("[0-9a-fA-F]{" + 2 * KEY_BYTES + "}")) {
            throw new IOException(file + " holds no key: 64 hexadecimal digits are wanted; name a file that is not"
                    + " there, and it is made");
        }
        return new PseudonymKey(HEX.parseHex(text.toLowerCase(Locale.ROOT)));
    }

    private static Set<PosixFilePermission> permissions(Path file) throws IOException {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? Files.getPosixFilePermissions(file)
                : Set.of();
    }

    private static void make(Path file) throws IOException {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        try {
            if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            } else {
                Files.createFile(file);
            }
            Files.writeString(file, HEX.formatHex(key) + "\n");
        } catch (FileAlreadyExistsException e) {
            // another collector was faster: its key is as good
        }
    }

    /** {@code host-3f9a1c2b07}. */
    String pseudonym(String kind, String name) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            byte[] hash = mac.doFinal((kind + ":" + name).getBytes(StandardCharsets.UTF_8));
            return kind + "-" + HEX.formatHex(hash, 0, PSEUDONYM_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }
}
