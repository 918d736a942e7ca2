package org.postmem.collector.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A SHA-256 that is told midway: what came so far, and more may follow. */
final class Sha256 {
    private final MessageDigest digest;

    Sha256() {
        this(jdk());
    }

    private Sha256(MessageDigest digest) {
        this.digest = digest;
    }

    static String of(byte[] bytes) {
        return HexFormat.of().formatHex(jdk().digest(bytes));
    }

    Sha256 update(byte[] bytes) {
        digest.update(bytes);
        return this;
    }

    Sha256 update(byte[] bytes, int offset, int length) {
        digest.update(bytes, offset, length);
        return this;
    }

    /** Of a part of a file. */
    void update(FileChannel channel, long from, long to) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
        long at = from;
        while (at < to) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), to - at));
            int count = channel.read(buffer, at);
            if (count <= 0) {
                throw new IOException("the file became shorter while it was read");
            }
            update(buffer.array(), 0, count);
            at += count;
        }
    }

    Sha256 copy() {
        try {
            return new Sha256((MessageDigest) digest.clone());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's SHA-256 can be cloned", e);
        }
    }

    /** Of what came so far, in hexadecimal digits. */
    String hex() {
        return HexFormat.of().formatHex(copy().digest.digest());
    }

    private static MessageDigest jdk() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
