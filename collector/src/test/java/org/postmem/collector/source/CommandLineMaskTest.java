package org.postmem.collector.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
                // what only a program's own options say, behind others that start it
                "sudo -u bob mysqldump -phunter2 shop          | sudo -u bob mysqldump -p*** shop",
                "sshpass -p hunter2 ssh -p 2222 web7           | sshpass -p *** ssh -p 2222 web7",
                "sshpass -phunter2 ssh web7                    | sshpass -p*** ssh web7",
                "redis-cli -h db -a hunter2 ping               | redis-cli -h db -a *** ping",
                "mongodump -u bob -p hunter2                   | mongodump -u bob -p ***",
                "ldapsearch -D cn=admin -w hunter2             | ldapsearch -D cn=admin -w ***",
                "sqlcmd -S db -U sa -P hunter2                 | sqlcmd -S db -U sa -P ***",
                "curl -sSu bob:hunter2 http://x                | curl -sSu bob:*** http://x",
                "curl -ubob:hunter2 http://x                   | curl -ubob:*** http://x",
                "curl --user=bob:hunter2 http://x              | curl --user=bob:*** http://x",
                "curl -u sk_live_x: http://x                   | curl -u ***: http://x",
                "smbclient -U bob%hunter2 //nas/x              | smbclient -U bob%*** //nas/x",
                "docker login -u bob -p hunter2 reg            | docker login -u bob -p *** reg",
                "docker run -p 80:80 nginx                     | docker run -p 80:80 nginx",
                "sqlplus scott/tiger@shop @/opt/run.sql        | sqlplus scott/***@shop @/opt/run.sql",
                "openssl rsa -passin pass:hunter2 -in k.pem    | openssl rsa -passin *** -in k.pem",
                "aws configure set aws_secret_access_key abc   | aws configure set aws_secret_access_key ***",
                "env DB_PASS=hunter2 app                       | env DB_PASS=*** app",
                "app --db-pass hunter2 --bypass=cache          | app --db-pass *** --bypass=cache",
                "app --no-password shop                        | app --no-password shop",
                // values with what parts names from each other
                "app --opts=user=bob,password=a,b,vers=3       | app --opts=user=bob,password=***,vers=3",
                "mount -o username=bob,password=hunter2 //n/x  | mount -o username=bob,password=*** //n/x",
                "app db.password=YWI=,x=1                      | app db.password=***",
                "app {\"password\":\"a,b;c\",\"n\":1}            | app {\"password\":\"***\",\"n\":1}",
                "app {\"Authorization\":\"Basic-abc\",\"n\":1}   | app {\"Authorization\":\"***\",\"n\":1}",
                "app x=https://a/?sig=a%2Bb&sv=1               | app x=https://a/?sig=***&sv=1",
                "java -url jdbc:sqlserver://h;user=sa;password=a;x=1 | java -url jdbc:sqlserver://h;user=sa;password=***;x=1",
                "java jdbc:oracle:thin:scott/tiger@//h:1521/x  | java jdbc:oracle:thin:scott/***@//h:1521/x",
                // users in URLs, with what should have been escaped
                "app redis://:hunt/er?2@h:6379/0               | app redis://***@h:6379/0",
                "app postgres://u:p@ss@h/x                     | app postgres://***@h/x",
                "app http://h:8080/@scope/x                    | app http://h:8080/@scope/x",
                "app https://registry/@scope/x                 | app https://registry/@scope/x",
                // by their shape
                "app ghp_0123456789abcdefghijABCDEFGHIJ012345  | app ***",
                "app AKIAIOSFODNN7EXAMPLE us-east-1            | app *** us-east-1",
                "curl -H X:Basic_Ym9iOmh1bnRlcjI=              | curl -H X:Basic_Ym9iOmh1bnRlcjI=",
                "app x=xoxb-123456789012-abcdefghij            | app x=***",
                "app eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln | app ***",
                "app /usr/lib/sk-learn/site-packages           | app /usr/lib/sk-learn/site-packages",
            })
    void masksSecretsAndNothingElse(String given, String expected) {
        assertThat(mask(CommandLineMask.builtIn(), given)).isEqualTo(expected);
    }

    private static String masked(String nulls) {
        byte[] bytes = nulls.getBytes(StandardCharsets.UTF_8);
        return new String(CommandLineMask.builtIn().mask(bytes, bytes.length).bytes(), StandardCharsets.UTF_8);
    }

    @Test
    void masksWhatAShellIsGivenAndNoMore() {
        assertThat(masked("/bin/sh\0-c\0PGPASSWORD='a b' pg_dump shop | gzip > /b/x.gz\0"))
                .isEqualTo("/bin/sh\0-c\0PGPASSWORD='***' pg_dump shop | gzip > /b/x.gz\0");
        assertThat(masked("bash\0-lc\0mysqldump -uroot -phunter2 shop; curl -u bob:x1 http://y\0"))
                .isEqualTo("bash\0-lc\0mysqldump -uroot -p*** shop; curl -u bob:*** http://y\0");
        assertThat(masked("sh\0-c\0app --password 'a b' --token \"c d\" -v\0"))
                .isEqualTo("sh\0-c\0app --password *** --token *** -v\0");
        assertThat(masked("sh\0-c\0curl -H \"Authorization: Bearer a b\" http://x\0"))
                .isEqualTo("sh\0-c\0curl -H \"Authorization: ***\" http://x\0");
        assertThat(masked("sh\0-c\0curl -H 'X: Basic Ym9iOmh1bnRlcjI=' --basic words\0"))
                .isEqualTo("sh\0-c\0curl -H 'X: Basic ***' --basic words\0");
        assertThat(masked("sh\0-c\0app '{\\\"password\\\": \\\"a b\\\"}'\0"))
                .isEqualTo("sh\0-c\0app '{\\\"password\\\": \\\"***\\\"}'\0");
    }

    @Test
    void anArgumentThatIsASecretIsOneWhateverItHolds() {
        assertThat(masked("app\0--password\0two words, and \"more\"\0-v\0")).isEqualTo("app\0--password\0***\0-v\0");
        assertThat(masked("app\0--password=two words & more\0-v\0")).isEqualTo("app\0--password=***\0-v\0");
        assertThat(masked("app\0--password=pässwört\0ü\0")).isEqualTo("app\0--password=***\0ü\0");
        assertThat(masked("app\0{\"password\":\"never closed\0-v\0")).isEqualTo("app\0{\"password\":\"***\0-v\0");
        assertThat(masked("app\0-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----\0"))
                .isEqualTo("app\0-----BEGIN EC PRIVATE KEY-----***-----END EC PRIVATE KEY-----\0");
    }

    @Test
    void masksTheOptionsInATitle() {
        assertThat(masked("backup: mysqldump --password hunter2 shop"))
                .isEqualTo("backup: mysqldump --password *** shop");
        assertThat(masked("postgres: bob shop 10.0.0.7(52144) idle"))
                .isEqualTo("postgres: bob shop 10.0.0.7(52144) idle");
    }

    @Test
    void countsEverySecret() {
        byte[] bytes = "sh\0-c\0A_TOKEN=x B_TOKEN=y app http://u:p@h\0".getBytes(StandardCharsets.UTF_8);
        assertThat(CommandLineMask.builtIn().mask(bytes, bytes.length).masked()).isEqualTo(3);
    }

    @Test
    void aCommandLineThatWasCutEndsBeforeWhatMayBeHalfASecret() {
        for (String[] cut : new String[][] {
            {"app\0https://bob:hunt", "app\0https://"},
            {"app\0-x\0ghp_0123456789abc", "app\0-x\0"},
            {"app\0--password\0hunt", "app\0--password\0"},
            {"java\0-cp\0/a/b.jar:/a/c", "java\0-cp\0/a/b.jar:/a/"},
        }) {
            byte[] bytes = cut[0].getBytes(StandardCharsets.UTF_8);
            assertThat(new String(
                            CommandLineMask.builtIn()
                                    .mask(bytes, bytes.length, true)
                                    .bytes(),
                            StandardCharsets.UTF_8))
                    .isEqualTo(cut[1]);
        }
    }

    /** The longest command line that is read, from whoever wants to keep the collector busy. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "-",
                "a",
                "a-",
                "secret",
                "=",
                "a=",
                "secret=",
                "secret:",
                "'",
                "\"\0",
                "{",
                "://",
                "a://",
                "u:p@",
                "a:/",
                "sk-",
                "Bearer ",
                "Basic ",
                "jdbc:oracle:",
                "-----END",
                "\\\"",
                "&",
                "secret=a,",
                "/",
                "\0",
                "-c\0",
                "mysql\0-p1\0"
            })
    @Timeout(20)
    void isAsQuickWithAnyText(String part) {
        byte[] bytes = part.repeat((64 << 10) / part.length()).getBytes(StandardCharsets.ISO_8859_1);
        CommandLineMask mask = CommandLineMask.builtIn();
        for (int i = 0; i < 10; i++) {
            mask.mask(bytes, bytes.length);
        }
    }

    @Test
    void theSitesOwnRulesAreText() {
        CommandLineMask mask = new CommandLineMask(List.of(Pattern.compile("Schlüssel-(\\w+)")));
        assertThat(mask(mask, "app Schlüssel-abc ü")).isEqualTo("app Schlüssel-*** ü");
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
