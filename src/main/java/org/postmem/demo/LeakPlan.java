package org.postmem.demo;

import java.util.List;

/**
 * How much the order service of the demo holds at which time.
 *
 * @param bytesPerSecond once it leaks
 * @param healthySeconds before it does
 * @param boundBytes never more than this
 * @param lifetimeSeconds after which it ends itself
 */
record LeakPlan(long bytesPerSecond, int healthySeconds, long boundBytes, int lifetimeSeconds) {
    static final long MOST_BYTES_PER_SECOND = 4L << 20;
    static final long MOST_BYTES = 512L << 20;
    static final int HEALTHY_SECONDS = 10;

    /** Below this a minute says little: the floors of the rules are there for noise of that size. */
    private static final long LEAST_BYTES = 48L << 20;

    private static final int LEAST_LIFETIME_SECONDS = 180;

    /**
     * A leak that takes at most a quarter of what the host can give.
     *
     * @return null when a quarter is too little to show anything
     */
    static LeakPlan within(long headroomBytes, int captureSeconds) {
        long bound = Math.min(MOST_BYTES, headroomBytes / 4);
        long leakSeconds = Math.max(1, captureSeconds - HEALTHY_SECONDS);
        long rate = Math.min(MOST_BYTES_PER_SECOND, bound / leakSeconds);
        if (rate * leakSeconds < Math.min(LEAST_BYTES, MOST_BYTES_PER_SECOND * leakSeconds)) {
            return null;
        }
        return new LeakPlan(rate, HEALTHY_SECONDS, bound, Math.max(LEAST_LIFETIME_SECONDS, captureSeconds + 60));
    }

    static LeakPlan of(String[] arguments) {
        return new LeakPlan(
                Long.parseLong(arguments[0]),
                Integer.parseInt(arguments[1]),
                Long.parseLong(arguments[2]),
                Integer.parseInt(arguments[3]));
    }

    List<String> arguments() {
        return List.of(
                Long.toString(bytesPerSecond),
                Integer.toString(healthySeconds),
                Long.toString(boundBytes),
                Integer.toString(lifetimeSeconds));
    }

    /** What is held so many seconds after the start. */
    long heldBytes(double seconds) {
        return Math.min(boundBytes, (long) (Math.max(0, seconds - healthySeconds) * bytesPerSecond));
    }
}
