package org.postmem.findings;

import java.time.Instant;
import java.util.List;
import org.postmem.findings.Finding.Culprit;

/**
 * What is known about a labelled capture, and whether a finding says the same.
 *
 * @param healthy nothing of a leak kind may be accused
 * @param debatable a careful reader could decide otherwise: shown, not counted
 * @param privileged could the collector read what names the owner?
 * @param leaks what is to be found, the worst first; empty when healthy
 */
public record Truth(boolean healthy, boolean debatable, boolean privileged, List<Leak> leaks) {
    public Truth {
        leaks = List.copyOf(leaks);
    }

    /**
     * How the capture came to be.
     *
     * @param heldOut no rule was tuned on it
     * @param synthetic made from another capture, not recorded
     * @param onset when the leak began, by the host's wall clock; {@code null} when healthy or not known
     * @param rateBytesPerSecond of the leak as the culprit itself told it; {@code null} when it told none
     */
    public record Origin(boolean heldOut, boolean synthetic, Instant onset, Double rateBytesPerSecond) {}

    /**
     * One leak of the capture.
     *
     * @param kinds that are right, the one it is labelled with first
     * @param culpritType as in {@code findings.json}
     * @param culpritName of the kernel it is a description, which no two people word alike
     * @param culpritPid {@code null} where it is not one process
     */
    public record Leak(List<String> kinds, String culpritType, String culpritName, Long culpritPid) {
        public Leak {
            kinds = List.copyOf(kinds);
        }

        public String kind() {
            return kinds.get(0);
        }

        /**
         * Does the finding name this leak, kind and culprit? Without privileges the owner may stay unknown, but nobody
         * else may stand in its place.
         */
        public boolean isNamedBy(Finding finding, boolean privileged) {
            Culprit culprit = finding.culprit();
            if (!kinds.contains(finding.kind()) || culprit == null) {
                return false;
            }
            if (!privileged && String.valueOf(culprit.name()).endsWith("unknown")) {
                return true;
            }
            return culprit.type().equals(culpritType)
                    && (culpritType.equals("kernel") || culpritName.equals(culprit.name()) || isRunBy(culprit))
                    && (culpritPid == null || culprit.pid() == null || culpritPid.longValue() == culprit.pid());
        }

        /** The very process, which a finding may call by what it runs: a main class instead of {@code java}. */
        private boolean isRunBy(Culprit culprit) {
            if (culpritPid == null || culprit.pid() == null || culprit.command() == null) {
                return false;
            }
            String executable = culprit.command().split("\\s", 2)[0];
            return culpritPid.longValue() == culprit.pid()
                    && executable.substring(executable.lastIndexOf('/') + 1).equals(culpritName);
        }
    }
}
