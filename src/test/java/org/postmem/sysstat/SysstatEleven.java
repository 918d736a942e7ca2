package org.postmem.sysstat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A file of format 0x2173, as sysstat 10.3.1 to 11.6 lay it out on x86_64: a reading, a restart with one CPU less, a reading
 * and a comment. Made by hand: no genuine one is among the samples.
 */
final class SysstatEleven {
    private static final int CPU = 1;
    private static final int MEMORY = 7;
    private static final int QUEUE = 9;
    private static final int FILE_SYSTEM = 37;
    private static final int CPU_BYTES = 160;
    private static final int MEMORY_BYTES = 136;
    private static final int QUEUE_BYTES = 24;
    private static final int FILE_SYSTEM_BYTES = 336;

    private final ByteBuffer out = ByteBuffer.allocate(1 << 14).order(ByteOrder.LITTLE_ENDIAN);

    private SysstatEleven() {}

    static byte[] file() {
        SysstatEleven file = new SysstatEleven();
        file.header();
        file.record(1_500_000_000, 1000, 1);
        file.statistics(3);
        file.record(1_500_000_060, 50, 2);
        file.activity(CPU, 2, CPU_BYTES);
        file.record(1_500_000_120, 2000, 1);
        file.statistics(2);
        file.record(1_500_000_180, 3000, 4);
        file.text("disk replaced", 64);
        byte[] bytes = new byte[file.out.position()];
        file.out.flip().get(bytes);
        return bytes;
    }

    private void header() {
        out.putShort((short) 0xd596).putShort((short) 0x2173);
        out.put((byte) 11).put((byte) 6).put((byte) 5).put((byte) 0);
        out.putInt(288).position(76);
        out.putLong(1_500_000_000).putInt(3).putInt(4).putInt(1);
        out.put((byte) 14).put((byte) 6).put((byte) 117).put((byte) 8);
        for (String name : new String[] {"Linux", "db01", "4.4.0", "x86_64"}) {
            text(name, 65);
        }
        out.position(76 + 288);
        activity(CPU, 3, CPU_BYTES);
        activity(MEMORY, 1, MEMORY_BYTES);
        activity(QUEUE, 1, QUEUE_BYTES);
        activity(FILE_SYSTEM, 1, FILE_SYSTEM_BYTES);
    }

    private void activity(int id, int nr, int size) {
        out.putInt(id).putInt(0x8a).putInt(nr).putInt(1).putInt(size);
    }

    private void record(long seconds, long ticks, int type) {
        int at = out.position();
        out.putLong(at, 2 * ticks)
                .putLong(at + 16, ticks)
                .putLong(at + 32, seconds)
                .put(at + 40, (byte) type);
        out.position(at + 48);
    }

    /** Item 0 of the CPUs is the kernel's sum, off by what it rounds. */
    private void statistics(int cpus) {
        for (int cpu = 0; cpu < cpus; cpu++) {
            for (int i = 0; i < 10; i++) {
                out.putLong(cpu == 0 ? 1000 + i : i + cpu).putLong(0);
            }
        }
        for (int i = 1; i <= MEMORY_BYTES / 8; i++) {
            out.putLong(i);
        }
        out.putLong(2).putInt(3).putInt(4).putInt(5).putInt(6);
        for (long number : new long[] {1000, 400, 300, 50, 20}) {
            out.putLong(number).putLong(0);
        }
        text("/dev/sda1", 128);
        text("/data", 128);
    }

    private void text(String text, int bytes) {
        int at = out.position();
        out.put(text.getBytes(StandardCharsets.US_ASCII)).position(at + bytes);
    }
}
