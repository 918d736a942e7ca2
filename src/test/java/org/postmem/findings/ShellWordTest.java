package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShellWordTest {
    @Test
    void quotesOnlyWhatAShellWouldTakeApart() {
        assertThat(ShellWord.quoted("db1-20261122T100000Z.tar.zst")).isEqualTo("db1-20261122T100000Z.tar.zst");
        assertThat(ShellWord.quoted("a b.tar.zst")).isEqualTo("'a b.tar.zst'");
        assertThat(ShellWord.quoted("it's; rm -r $HOME")).isEqualTo("'it'\\''s; rm -r $HOME'");
        assertThat(ShellWord.quoted("")).isEqualTo("''");
    }
}
