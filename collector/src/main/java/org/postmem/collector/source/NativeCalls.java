package org.postmem.collector.source;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;

/**
 * By the functions of libc that the JDK's own file system calls ({@code sun.nio.fs.UnixNativeDispatcher}), with memory
 * that is used again. A {@code FileInputStream} asks for the kind of each file it opens (fstat), translates its name,
 * allocates for every read and registers a cleaner: of a file of {@code /proc/PID} that is a tenth of all it costs, of
 * thousands a tick most of what is left beside the kernel's own work.
 *
 * <p>The packages have to be opened ({@code Add-Opens} of the jar, {@code --add-opens} of the image's launcher). Where
 * they are not, or a JDK has other functions, {@link #isAvailable} says so and {@link StreamCalls} does the same.
 */
final class NativeCalls implements FileCalls {
    /** Longer names, and those that are not ASCII, are for the JDK to translate. */
    private static final int LONGEST_PATH = 1023;

    /** More is never asked for at once. */
    private static final int DATA_BYTES = 8192;

    private static final int DATA = LONGEST_PATH + 1;
    private static final int READ_ONLY = 0;
    private static final Functions FUNCTIONS = Functions.find();
    private static final MethodHandle OPEN = FUNCTIONS == null ? null : FUNCTIONS.open();
    private static final MethodHandle READ = FUNCTIONS == null ? null : FUNCTIONS.read();
    private static final MethodHandle CLOSE = FUNCTIONS == null ? null : FUNCTIONS.close();

    private final byte[] path = new byte[LONGEST_PATH + 1];
    /** The name, ended by a zero, then what was read. */
    private final ByteBuffer memory = ByteBuffer.allocateDirect(DATA + DATA_BYTES);

    private final long address;
    private int descriptor;

    /** {@code open(path, flags, mode)}, {@code read(descriptor, into, length)}, {@code close(descriptor)} and an address. */
    private record Functions(MethodHandle open, MethodHandle read, MethodHandle close, MethodHandle address) {
        /** Returns null where this JDK does not have them or does not let us call them. */
        static Functions find() {
            try {
                Class<?> calls = Class.forName("sun.nio.fs.UnixNativeDispatcher");
                Class<?> direct = Class.forName("sun.nio.ch.DirectBuffer");
                Lookup ofCalls = MethodHandles.privateLookupIn(calls, MethodHandles.lookup());
                Lookup ofBuffers = MethodHandles.privateLookupIn(direct, MethodHandles.lookup());
                return new Functions(
                        ofCalls.findStatic(calls, "open0", type(int.class, long.class, int.class, int.class)),
                        ofCalls.findStatic(calls, "read", type(int.class, int.class, long.class, int.class)),
                        ofCalls.findStatic(calls, "close0", type(void.class, int.class)),
                        ofBuffers.findVirtual(direct, "address", type(long.class)));
            } catch (ReflectiveOperationException e) {
                return null;
            }
        }

        private static MethodType type(Class<?> result, Class<?>... parameters) {
            return MethodType.methodType(result, parameters);
        }
    }

    NativeCalls() {
        try {
            address = (long) FUNCTIONS.address().invoke(memory);
        } catch (Throwable e) {
            throw new IllegalStateException("no address of a buffer", e);
        }
    }

    static boolean isAvailable() {
        return FUNCTIONS != null;
    }

    /** Is this a name that needs no translation? */
    static boolean takes(String path) {
        if (path.length() > LONGEST_PATH) {
            return false;
        }
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == 0 || c > 0x7e) {
                return false;
            }
        }
        return !path.isEmpty();
    }

    @Override
    @SuppressWarnings("deprecation") // the low bytes of characters that are ASCII, without an array for each name
    public void open(String name) throws IOException {
        int length = name.length();
        name.getBytes(0, length, path, 0);
        path[length] = 0;
        memory.put(0, path, 0, length + 1);
        try {
            descriptor = (int) OPEN.invokeExact(address, READ_ONLY, 0);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int read;
        try {
            read = (int) READ.invokeExact(descriptor, address + DATA, Math.min(length, DATA_BYTES));
        } catch (Throwable e) {
            throw failure(e);
        }
        if (read > 0) {
            memory.get(DATA, into, offset, read);
        }
        return read;
    }

    @Override
    public void close() {
        try {
            CLOSE.invokeExact(descriptor);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            // was only read
        }
    }

    /** The JDK's exception has the kernel's text of the error, like those of its public classes. */
    private static IOException failure(Throwable e) {
        if (e instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (e instanceof Error error) {
            throw error;
        }
        return new IOException(e.getMessage(), e);
    }
}
