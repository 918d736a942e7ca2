package org.postmem.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessNameTest {
    @Test
    void namesJavaByItsMainClassOrJar() {
        assertThat(name("java", "/usr/lib/jvm/bin/java -Xmx4g -cp /a:/b org.elasticsearch.bootstrap.Elasticsearch -d"))
                .isEqualTo("Elasticsearch");
        assertThat(name(
                        "java",
                        "java -Xms1g --add-opens java.base/java.nio=ALL-UNNAMED -jar /srv/app/orders.jar --port 80"))
                .isEqualTo("orders.jar");
        assertThat(name("java", "java -p /mods -m com.acme/com.acme.Main")).isEqualTo("Main");
        assertThat(name("java", "java @options Leak.java")).isEqualTo("Leak.java");
        assertThat(name("java", "java -version")).isEqualTo("java");
    }

    @Test
    void namesScriptsByTheirFile() {
        assertThat(name("python3", "/usr/bin/python3.11 -u -W ignore /opt/jobs/etl.py --all"))
                .isEqualTo("etl.py");
        assertThat(name("python3", "python3 -m http.server 8000")).isEqualTo("http.server");
        assertThat(name("python3", "python3 -c import-this")).isEqualTo("python3");
        assertThat(name("node", "node --max-old-space-size=4096 -r dotenv/config /srv/server.js"))
                .isEqualTo("server.js");
        assertThat(name("perl", "/usr/bin/perl -w /usr/sbin/backup.pl")).isEqualTo("backup.pl");
        assertThat(name("bash", "-bash")).isEqualTo("bash");
        assertThat(name("bash", "bash -c sleep 1")).isEqualTo("bash");
    }

    @Test
    void keepsTheNameAProgramGaveItself() {
        assertThat(name("gunicorn: maste", "python3 /usr/bin/server.py")).isEqualTo("gunicorn: maste");
        assertThat(name("unattended-upgr", "/usr/bin/python3 /usr/share/unattended-upgrade-shutdown --wait"))
                .isEqualTo("unattended-upgrade-shutdown");
    }

    @Test
    void callsEverythingElseByItsComm() {
        assertThat(name("nginx", "nginx: worker process")).isEqualTo("nginx");
        assertThat(ProcessName.of("kswapd0", List.of(), null)).isEqualTo("kswapd0");
        assertThat(ProcessName.of("java", List.of("launcher", "-jar", "x.jar"), "/opt/jdk/bin/java"))
                .isEqualTo("x.jar");
        assertThat(name("pythonista", "/opt/pythonista run.py")).isEqualTo("pythonista");
    }

    private static String name(String comm, String command) {
        return ProcessName.of(comm, List.of(command.split(" ")), null);
    }
}
