package org.postmem.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class OrderServiceTest {
    private static final long MIB = 1 << 20;

    @Test
    void takesPagesUpToItsBoundAndEndsByItself() throws IOException, InterruptedException {
        LeakPlan plan = new LeakPlan(64 * MIB, 0, 32 * MIB, 3);
        try (Children children = new Children()) {
            Process service = children.start(OrderService.JVM_FLAGS, OrderService.class, plan.arguments());
            try (BufferedReader answer = service.inputReader(StandardCharsets.UTF_8)) {
                assertThat(answer.readLine()).isEqualTo("ready");
                long before = residentAnonymousBytes(service);
                long most = before;
                while (!service.waitFor(100, TimeUnit.MILLISECONDS)) {
                    most = Math.max(most, residentAnonymousBytes(service));
                }
                assertThat(most - before).isBetween(24 * MIB, 48 * MIB);
                assertThat(service.exitValue()).isZero();
            }
        }
    }

    @Test
    void doesNotOutliveTheOneWhoStartedIt() throws IOException {
        Process service;
        try (Children children = new Children()) {
            service = children.start(
                    OrderService.JVM_FLAGS, OrderService.class, new LeakPlan(MIB, 0, 8 * MIB, 60).arguments());
            assertThat(service.isAlive()).isTrue();
        }
        assertThat(service.isAlive()).isFalse();
    }

    /** 0 once the process is gone. */
    private static long residentAnonymousBytes(Process process) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                    .filter(line -> line.startsWith("RssAnon:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .sum();
        } catch (IOException e) {
            return 0;
        }
    }
}
