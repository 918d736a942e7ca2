package org.postmem.cli;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.postmem.findings.Analysis;
import org.postmem.findings.Earliness;
import org.postmem.findings.OomHitRate;
import org.postmem.findings.Scorecard;

/**
 * Labelled captures and what the analysis said of each, in the order of their names.
 *
 * @param judged at least one
 * @param kills how often the kernel's rule names who was killed, in all of them
 */
record Score(List<Judged> judged, OomHitRate kills) {
    /** With one more thread than this the cases wait for each other's memory rather than for a processor. */
    private static final int MOST_THREADS = 8;

    Score {
        judged = List.copyOf(judged);
    }

    /**
     * One capture.
     *
     * @param earliness {@code null} when it was not asked for
     */
    record Judged(Incident incident, Analysis analysis, Earliness earliness) {}

    /** One capture whose analysis is asked for, and that of its beginnings. */
    private record Asked(Incident incident, List<CaseBatch.Part> prefixes) {
        Stream<CaseBatch.Part> parts() {
            return Stream.concat(Stream.of(incident.whole()), prefixes.stream());
        }

        /** @param analyses of the parts of all, in their order; its own are taken */
        Judged judged(Iterator<Analysis> analyses) {
            Analysis whole = analyses.next();
            List<Analysis> beginnings = new ArrayList<>();
            prefixes.forEach(prefix -> beginnings.add(analyses.next()));
            return new Judged(incident, whole, prefixes.isEmpty() ? null : incident.earliness(prefixes, beginnings));
        }
    }

    /**
     * Analyses them, as many batches at a time as there are processors.
     *
     * @param memoryBytes for all cases that are open at a time
     * @param prefixes of each capture, to tell how early it is right; 0: this is not told
     * @param progress told which share is done, 0 to 1, from several threads
     */
    static Score of(List<Incident> incidents, long memoryBytes, int prefixes, DoubleConsumer progress) {
        int threads = Math.max(1, Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()));
        long each = memoryBytes / threads;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Asked> asked = each(
                    pool,
                    incidents,
                    incident -> new Asked(incident, prefixes == 0 ? List.of() : incident.prefixes(prefixes)));
            List<CaseBatch> batches =
                    CaseBatch.of(asked.stream().flatMap(Asked::parts).toList(), threads);
            AtomicInteger done = new AtomicInteger();
            List<CaseBatch.Outcome> outcomes = each(pool, batches, batch -> {
                CaseBatch.Outcome outcome = batch.analyse(each);
                progress.accept((double) done.incrementAndGet() / batches.size());
                return outcome;
            });
            Iterator<Analysis> analyses = outcomes.stream()
                    .flatMap(outcome -> outcome.analyses().stream())
                    .iterator();
            List<Judged> judged = new ArrayList<>();
            asked.forEach(one -> judged.add(one.judged(analyses)));
            return new Score(
                    judged, outcomes.stream().map(CaseBatch.Outcome::kills).reduce(OomHitRate.NONE, OomHitRate::plus));
        } finally {
            pool.shutdownNow();
        }
    }

    /** Applied to each of them, side by side; the results are in their order. */
    private static <T, R> List<R> each(ExecutorService pool, List<T> them, Function<T, R> function) {
        List<Future<R>> waiting = new ArrayList<>();
        them.forEach(one -> waiting.add(pool.submit(() -> function.apply(one))));
        try {
            List<R> results = new ArrayList<>();
            for (Future<R> one : waiting) {
                results.add(one.get());
            }
            return results;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("a capture cannot be analysed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while captures were analysed", e);
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

    /** What decides: the captures that were recorded; made ones only where there are no others. */
    Scorecard decisive() {
        boolean recorded =
                judged.stream().anyMatch(one -> !one.incident().origin().synthetic());
        return card(incident -> incident.origin().synthetic() != recorded);
    }
}
