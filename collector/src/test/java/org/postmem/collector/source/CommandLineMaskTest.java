package org.postmem.collector.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineMaskTest {
    private static String mask(CommandLineMask mask, String spaced) {
        byte[] bytes = (spaced.replace(' ', '\0') + "\0").getBytes(StandardCharsets.UTF_8);
        String out = new String(mask.mask(bytes, bytes.length).bytes(), StandardCharsets.UTF_8);
        return out.substring(0, out.length() - 1).replace('\0', ' ');
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "app --password=hunter2 -v                     | app --password=*** -v",
                "app --password hunter2 -v                     | app --password *** -v",
                "app --token abc --name x                      | app --token *** --name x",
                "app -Dkey.store.password=x run                | app -Dkey.store.password=*** run",
                "env API_KEY=abc app                           | env API_KEY=*** app",
                "env AWS_SECRET_ACCESS_KEY=abc app             | env AWS_SECRET_ACCESS_KEY=*** app",
                "mysql -uroot -phunter2 shop                   | mysql -uroot -p*** shop",
                "/usr/bin/mysqldump -phunter2                  | /usr/bin/mysqldump -p***",
                "sshd -p2222                                   | sshd -p2222",
                "curl https://bob:hunter2@example.org/x        | curl https://***@example.org/x",
                "psql postgresql://u:p@db:5432/x?sslmode=off   | psql postgresql://***@db:5432/x?sslmode=off",
                "curl -u bob:hunter2 http://x                  | curl -u bob:*** http://x",
                "curl http://x?access_token=abc&page=2         | curl http://x?access_token=***&page=2",
                "java -jar app.jar --server.port=80            | java -jar app.jar --server.port=80",
                "app --passwd-file=/etc/x                      | app --passwd-file=***",
                "app --keyboard us                             | app --keyboard us",
            })
    void masksSecretsAndNothingElse(String given, String expected) {
        assertThat(mask(CommandLineMask.builtIn(), given)).isEqualTo(expected);
    }

    @Test
    void masksHeadersWithinAnArgument() {
        byte[] bytes = "curl\0-H\0Authorization: Bearer abc.def\0http://x\0".getBytes(StandardCharsets.UTF_8);
        CommandLineMask.Masked masked = CommandLineMask.builtIn().mask(bytes, bytes.length);
        assertThat(new String(masked.bytes(), StandardCharsets.UTF_8))
                .isEqualTo("curl\0-H\0Authorization: ***\0http://x\0");
        assertThat(masked.masked()).isEqualTo(1);
    }

    @Test
    void masksATitleWrittenOverTheArguments() {
        byte[] bytes = "worker: connected with password=hunter2 to db".getBytes(StandardCharsets.UTF_8);
        assertThat(new String(
                        CommandLineMask.builtIn().mask(bytes, bytes.length).bytes(), StandardCharsets.UTF_8))
                .isEqualTo("worker: connected with password=*** to db");
    }

    @Test
    void passesOnBytesThatAreNoText() {
        byte[] bytes = {(byte) 0xff, 0, (byte) 0xc3, 0, 0};
        CommandLineMask.Masked masked = CommandLineMask.builtIn().mask(bytes, bytes.length);
        assertThat(masked.bytes()).isEqualTo(bytes);
        assertThat(masked.masked()).isZero();
    }

    @Test
    void masksWhatTheSitesOwnRulesMatch() {
        CommandLineMask mask = new CommandLineMask(List.of(Pattern.compile("cust-(\\d+)"), Pattern.compile("ACME")));
        assertThat(mask(mask, "app --id cust-4711 --for ACME")).isEqualTo("app --id cust-*** --for ***");
    }
}
