package org.postmem.findings;

/**
 * The case in one sentence.
 *
 * @param leak is anything of a leak kind above {@code info}?
 * @param headline one sentence: who, what kind, how much, since when
 * @param findingId the finding it rests on, {@code null} when the host is healthy
 */
public record Verdict(boolean leak, String headline, String findingId) {}
