package org.postmem.sysstat;

import java.util.List;

/** Items that each format lays out alike, but for the bytes from one number to the next. */
final class StridedItems {
    private final SysstatBytes in;
    private final int stride;

    StridedItems(SysstatBytes in, int stride) {
        this.in = in;
        this.stride = stride;
    }

    /**
     * Item 0 is the kernel's line "cpu", the others are its CPUs. As sadf does, all is what the CPUs come to: each of their
     * counters was rounded on its own.
     */
    void allCpus(int n, int counters, int at, int size, List<SystemActivity.Value> values) {
        for (int i = 0; i < Math.min(counters, Activity.CPU.wide.size()) && n > 0; i++) {
            long all = n == 1 ? in.longAt(at + stride * i) : 0;
            for (int cpu = 1; cpu < n; cpu++) {
                all += in.longAt(at + cpu * size + stride * i);
            }
            values.add(new SystemActivity.Value("cpu", -1, Activity.CPU.wide.get(i), all));
        }
    }

    SystemActivity.FileSystem fileSystem(int at, int names, int nameBytes) {
        return new SystemActivity.FileSystem(
                in.text(at + names, nameBytes),
                in.text(at + names + nameBytes, nameBytes),
                in.longAt(at),
                in.longAt(at + stride),
                in.longAt(at + 2 * stride),
                in.longAt(at + 3 * stride),
                in.longAt(at + 4 * stride));
    }
}
