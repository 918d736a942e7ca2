package org.postmem.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.postmem.findings.Analysis;
import org.postmem.findings.Earliness;
import org.postmem.findings.OomHitRate;
import org.postmem.findings.Scorecard;

/**
 * Labelled captures and what the analysis said of each, in the order of their names.
 *
 * @param judged at least one
 */
record Score(List<Judged> judged) {
    /** With one more thread than this the cases wait for each other's memory rather than for a processor. */
    private static final int MOST_THREADS = 8;

    Score {
        judged = List.copyOf(judged);
    }

    /**
     * One capture.
     *
     * @param earliness {@code null} when it was not asked for
     * @param kills how often the kernel's rule names who was killed in it
     */
    record Judged(Incident incident, Analysis analysis, Earliness earliness, OomHitRate kills) {}

    /**
     * Analyses them, as many at a time as there are processors.
     *
     * @param memoryBytes for all cases that are open at a time
     * @param prefixes of each capture, to tell how early it is right; 0: this is not told
     * @param begun told the name of each capture when its turn comes, from several threads
     */
    static Score of(List<Incident> incidents, long memoryBytes, int prefixes, Consumer<String> begun) {
        int threads = Math.max(1, Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()));
        long each = memoryBytes / threads;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Judged>> waiting = new ArrayList<>();
            for (Incident incident : incidents) {
                waiting.add(pool.submit(() -> {
                    begun.accept(incident.name());
                    AtomicReference<OomHitRate> kills = new AtomicReference<>(OomHitRate.NONE);
                    Analysis analysis = incident.analyse(each, kills::set);
                    return new Judged(
                            incident, analysis, prefixes == 0 ? null : incident.earliness(each, prefixes), kills.get());
                }));
            }
            List<Judged> judged = new ArrayList<>();
            for (Future<Judged> one : waiting) {
                judged.add(one.get());
            }
            return new Score(judged);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("a capture cannot be analysed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while captures were analysed", e);
        } finally {
            pool.shutdownNow();
        }
    }

    /** The card of those captures for which it holds. */
    Scorecard card(Predicate<Incident> which) {
        Scorecard card = new Scorecard();
        for (Judged one : judged) {
            if (which.test(one.incident())) {
                card.add(one.incident().name(), one.incident().truth(), one.analysis());
            }
        }
        return card;
    }

    /** How often the kernel's rule names who was killed, in all of them. */
    OomHitRate kills() {
        return judged.stream().map(Judged::kills).reduce(OomHitRate.NONE, OomHitRate::plus);
    }

    /** What decides: the captures that were recorded; made ones only where there are no others. */
    Scorecard decisive() {
        boolean recorded =
                judged.stream().anyMatch(one -> !one.incident().origin().synthetic());
        return card(incident -> incident.origin().synthetic() != recorded);
    }
}
