package org.postmem.collector.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Standard output that remembers why it could not be written: a {@link PrintStream} knows only that it could not, and the
 * end of {@code … | head} is no fault while a full disk is one.
 */
public final class StandardOutput extends OutputStream {
    private static final String EPIPE = "Broken pipe";
    private static final int BUFFER_BYTES = 8192;

    private final OutputStream out;
    private IOException failure;

    public StandardOutput(OutputStream out) {
        this.out = out;
    }

    /** Takes the place of {@code System.out}. */
    public static StandardOutput install() {
        StandardOutput installed = new StandardOutput(new FileOutputStream(FileDescriptor.out));
        System.setOut(installed.print());
        return installed;
    }

    /** Prints to it, each line when it is whole. */
    PrintStream print() {
        return new PrintStream(new BufferedOutputStream(this, BUFFER_BYTES), true, StandardCharsets.UTF_8);
    }

    /** Did the other end of a pipe close it, as head does? */
    public boolean readerIsGone() {
        return failure != null && EPIPE.equals(failure.getMessage());
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            failure = failure == null ? e : failure;
            throw e;
        }
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }
}
