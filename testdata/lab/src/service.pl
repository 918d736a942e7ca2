#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# A service in Perl that holds memory: `name FILE`, where FILE has one `key=value` a line, as for service.c.
#
#   way=      hash     a hash that is never emptied
#             evicting a hash of max_kb: whatever comes then takes the place of the oldest
#             indexed  as evicting; of every page a line of three tenths of its size stays in an index, from which nothing is removed
#             waiting  a job that reads max_kb, then waits for a lock (path) that another one has
#             turn     a job that reads max_kb, waits for its turn (path, which others may have, too), works for keep_s, and ends
#             listeners a connection that is made anew and registers its listeners again, each with what it needs, while the former ones stay
#             files    a job that leaves max_kb in files of unit_kb in a folder (path)
#             lines    lines of a log to its output, max_kb of different ones, for ever where there is none
#             trail    an audit trail to its output, two lines for each kB, no two of them alike
#             expiring a hash whose entries go when they are keep_s old
#             workers  a master that reads max_kb and six workers, forked from it; of what they keep for a request one part refers to the other
#             shipping batches to a socket (path), each kept until its number was acknowledged
#             sink     who reads them there, and counts the batches of a connection on from a number (first)
#             temp     temporary files without a name, of which every third is never closed
#             uploads  a folder (path) with what is uploaded; every third client goes away before its end
#             render   a process for every picture, with four tiles of it in files (path), removed when it is done; three in ten are never done, and killed
#             crash    a program that reads max_kb and dies of SIGABRT after keep_s
#             mapper   rows of a database, each kept as an object with its columns; every few seconds a page of rows is read and dropped
#             reloads  a master and two workers of max_kb; every keep_s two others take their place, and one of the old ones never comes to its end
#             unshared a master that reads max_kb and six workers, forked from it, which come to write to every piece of that
#             queue    what comes waits in a list for its receiver, who stands still for keep_s and then takes three times as much
#             ring     a file (path) of max_kb, from the first piece to the last and then again from the first
#             web      a folder (path) with answers, of which the oldest are removed every 5 s, until there are max_kb again
#   rate_kb=  kB a second        wave_s=   where it is given, between a fifth and nearly twice of it, in so many seconds
#                                unit_kb=  size of one piece        log=  ledger: uptime, kB held, pieces held
#
# It runs as a copy under a service's name; by the first line that is the name the kernel shows, too.
use strict;
use warnings;
use Fcntl ':flock';
use IO::Handle;

my %config = (rate_kb => 1024, unit_kb => 2, max_kb => 1e12, log => '', wave_s => 0, keep_s => 20, first => 0);
open(my $in, '<', $ARGV[0]) or die "$ARGV[0]: $!";
while (<$in>) { $config{$1} = $2 if /^(\w+)=(.*)$/ }
close $in;
my ($unit, $most) = ($config{unit_kb}, $config{max_kb} / $config{unit_kb});
my $taken = 0;

sub uptime {
    open(my $file, '<', '/proc/uptime') or die "uptime: $!";
    return (split ' ', <$file>)[0];
}

my ($start, $last) = (uptime(), 0);

# kB that are due after so many seconds
sub due {
    my ($seconds) = @_;
    my $wave = $config{wave_s} / 6.2832;
    return $config{rate_kb} * ($seconds + ($wave ? 0.8 * $wave * (1 - cos($seconds / $wave)) : 0));
}

# what is held is called with the number of every piece that is due, ten times a second
sub go_on {
    my ($take, $held) = @_;
    while (1) {
        my $now = uptime();
        while (($taken + 1) * $unit <= due($now - $start)) { $take->($taken++) }
        if ($config{log} && $now - $last >= 1) {
            open(my $ledger, '>>', $config{log}) or die "$config{log}: $!";
            printf $ledger "%.2f %.0f %d\n", $now, $held->() * $unit, $held->();
            $last = $now;
        }
        select(undef, undef, undef, 0.1);
    }
}

# a value which, with its key, its place in the hash and what malloc adds, costs a piece
sub value { return sprintf "%-*d", $unit * 1024 - 150, $_[0] }

my (%kept, @order);
my %ways = (
    hash => sub {
        go_on(sub { $kept{"token:$_[0]"} = value($_[0]) }, sub { scalar keys %kept });
    },
    evicting => sub {
        go_on(sub {
            delete $kept{shift @order} if @order >= $most;
            push @order, "page:$_[0]";
            $kept{"page:$_[0]"} = value($_[0]);
        }, sub { scalar keys %kept });
    },
    indexed => sub {
        my %index;
        go_on(sub {
            delete $kept{shift @order} if @order >= $most;
            push @order, "page:$_[0]";
            $kept{"page:$_[0]"} = value($_[0]);
            $index{"title of $_[0]"} = sprintf "%-*d", $unit * 307 - 150, $_[0];
        }, sub { 0.3 * keys %index });
    },
    waiting => sub {
        $kept{$_} = value($_) for 1 .. $most;
        open(my $lock, '>>', $config{path}) or die "$config{path}: $!";
        flock($lock, LOCK_EX);
        sleep;
    },
    turn => sub {
        $kept{$_} = value($_) for 1 .. $most;
        open(my $lock, '<', $config{path}) or die "$config{path}: $!";
        flock($lock, LOCK_SH);
        sleep $config{keep_s};
    },
    listeners => sub {
        go_on(sub {
            my ($number, $context) = ($_[0], sprintf '%-*d', $unit * 1024 - 700, $_[0]);
            push @order, sub { return $context if $_[0] == $number };
        }, sub { scalar @order });
    },
    files => sub {
        for my $n (1 .. $most) {
            open(my $file, '>', sprintf('%s/sess_%s%05d', $config{path}, ('a' .. 'f')[$n % 6], $$ * 100 + $n)) or die "$config{path}: $!";
            print $file "x" x ($unit * 1024);
        }
    },
    expiring => sub {
        my $swept = 0;
        go_on(sub {
            my $now = uptime();
            push @order, [$now, "session:$_[0]"];
            $kept{"session:$_[0]"} = value($_[0]);
            return if $now < $swept + 2;
            $swept = $now;
            delete $kept{(shift @order)->[1]} while @order && $order[0][0] < $now - $config{keep_s};
        }, sub { scalar keys %kept });
    },
    workers => sub {
        $kept{$_} = value($_) for 1 .. $most;
        my @workers;
        for (1 .. 6) {
            pipe(my $from, my $to) or die "pipe: $!";
            $to->autoflush(1);
            my $worker = fork // die "fork: $!";
            if ($worker) { close $from; push @workers, $to; next }
            close $_ for @workers, $to;
            while (sysread $from, my $request, 16) {
                my $session = {page => value($request)};
                my $user = {name => "user $request", session => $session};
                $session->{user} = $user;
            }
            exit;
        }
        go_on(sub { syswrite $workers[6 * rand() ** 2], sprintf('%-16d', $_[0]) }, sub { $taken });
    },
    sink => sub {
        require IO::Socket::UNIX;
        unlink $config{path};
        my $listener = IO::Socket::UNIX->new(Local => $config{path}, Listen => 5) or die "$config{path}: $!";
        while (my $peer = $listener->accept) {
            my $count = $config{first};
            while (read $peer, my $batch, $unit * 1024) { syswrite $peer, sprintf('%-8d', ++$count) }
        }
    },
    shipping => sub {
        require IO::Socket::UNIX;
        my $peer;
        $SIG{PIPE} = 'IGNORE';
        go_on(sub {
            my $number = $_[0] + 1;
            my $batch = sprintf '%-*d', $unit * 1024, $number;
            $kept{$number} = $batch;
            $peer ||= IO::Socket::UNIX->new(Peer => $config{path}) or return;
            # of its own numbers the peer knows nothing: it answers with how many it has had
            if ((syswrite($peer, $batch) // 0) == length $batch && sysread $peer, my $answer, 8) { delete $kept{$answer + 0} }
            else { close $peer; undef $peer }
        }, sub { scalar keys %kept });
    },
    temp => sub {
        go_on(sub {
            open(my $file, '+>', undef) or die "temporary file: $!";
            print $file 'x' x ($unit * 1024);
            $file->flush;
            push @order, $file if $_[0] % 3 == 0;
        }, sub { scalar @order });
    },
    uploads => sub {
        my (@open, $next, $left);
        $next = $left = 0;
        go_on(sub {
            my $upload = $open[$_[0] % 8] ||= {number => $next++, chunks => 0};
            my $name = sprintf '%s/upload-%06d.part', $config{path}, $upload->{number};
            open(my $file, '>>', $name) or die "$name: $!";
            print $file 'x' x ($unit * 1024);
            close $file;
            $upload->{chunks}++;
            if ($upload->{number} % 3 == 2 && $upload->{chunks} == 10) {
                $left += 10;
                undef $open[$_[0] % 8];
            } elsif ($upload->{chunks} == 16) {
                system 'cp', $name, sprintf('/var/tmp/accepted-%02d', $upload->{number} % 20);
                unlink $name;
                undef $open[$_[0] % 8];
            }
        }, sub { $left });
    },
    render => sub {
        my (%until, $left);
        $left = 0;
        go_on(sub {
            my $renderer = fork // die "fork: $!";
            if ($renderer) { $until{$renderer} = uptime() + ($_[0] % 10 < 3 ? ($left++, 5)[1] : 3600) }
            else {
                my @tiles = map { sprintf '%s/.org.webview.%06d-%d', $config{path}, $$, $_ } 1 .. 4;
                for my $tile (@tiles) {
                    open(my $file, '>', $tile) or die "$tile: $!";
                    print $file chr(rand 256) x ($unit * 256);
                }
                sleep($_[0] % 10 < 3 ? 3600 : 1);
                unlink @tiles;
                exit;
            }
            for my $hung (grep { $until{$_} < uptime() } keys %until) { kill 'KILL', $hung }
            while ((my $ended = waitpid -1, 1) > 0) { delete $until{$ended} }
        }, sub { $left });
    },
    crash => sub {
        $kept{$_} = value($_) for 1 .. $most;
        sleep $config{keep_s};
        kill 'ABRT', $$;
    },
    mapper => sub {
        my $paged = 0;
        go_on(sub {
            my $row = {id => $_[0], state => 'clean', total => "$_[0].95"};
            $row->{columns}{"attribute_$_"} = "value $_ of order $_[0]" for 1 .. 6;
            $row->{text} = sprintf '%-*d', $unit * 1024 - 1450, $_[0];
            $kept{"Order#$_[0]"} = $row;
            return if uptime() < $paged + 4;
            $paged = uptime();
            my @page = map { value($_) } 1 .. 4096 / $unit;
        }, sub { scalar keys %kept });
    },
    reloads => sub {
        my ($left, $next, @current) = (0, 0);
        while (1) {
            my $now = uptime();
            if ($now >= $next) {
                $next = $now + $config{keep_s};
                if (@current) { kill 'TERM', $current[0]; $left++ }
                @current = ();
                for (1, 2) {
                    my $worker = fork // die "fork: $!";
                    if ($worker) { push @current, $worker; next }
                    $kept{$_} = value($_) for 1 .. $most;
                    sleep while 1;
                }
            }
            while (waitpid(-1, 1) > 0) { }
            if ($config{log}) {
                open(my $ledger, '>>', $config{log}) or die "$config{log}: $!";
                printf $ledger "%.2f %.0f %d\n", $now, $left * $config{max_kb}, $left;
            }
            sleep 1;
        }
    },
    unshared => sub {
        @order = map { value($_) } 1 .. $most;
        for (1 .. 6) {
            next if fork // die "fork: $!";
            $start = uptime();
            go_on(sub { substr($order[$_[0]], 8, 1) = 'u' if $_[0] < $most }, sub { 0 });
        }
        sleep while 1;
    },
    queue => sub {
        go_on(sub {
            push @order, value($_[0]);
            splice @order, 0, 3 if uptime() > $start + $config{keep_s};
        }, sub { scalar @order });
    },
    ring => sub {
        open(my $file, '+>', $config{path}) or die "$config{path}: $!";
        truncate $file, $config{max_kb} * 1024;
        $file->autoflush(1);
        go_on(sub {
            seek $file, $_[0] % $most * $unit * 1024, 0;
            print $file 'x' x ($unit * 1024);
        }, sub { $taken < $most ? $taken : $most });
    },
    web => sub {
        my $swept = 0;
        go_on(sub {
            my $name = sprintf '%s/%02x/%08x', $config{path}, $_[0] % 16, $_[0];
            mkdir sprintf('%s/%02x', $config{path}, $_[0] % 16) if $_[0] < 16;
            open(my $file, '>', $name) or die "$name: $!";
            print $file 'x' x ($unit * 1024);
            push @order, $name;
            return if uptime() < $swept + 5;
            $swept = uptime();
            unlink shift @order while @order > $most;
        }, sub { scalar @order });
    },
    trail => sub {
        $| = 1;
        go_on(sub {
            my $n = $_[0];
            print join('', map { sprintf "%08x user-%d account-%d action=%s %-430d\n", ($n * 7919 + $_) * 2654435761 % 4294967296, $n % 9973, $n * 8 + $_, ('read', 'write', 'login')[$n % 3], $n } 1 .. $unit * 2);
        }, sub { 0 });
    },
    lines => sub {
        $| = 1;
        go_on(sub {
            my $n = $_[0] % $most;
            print join('', map { sprintf "10.%d.%d.%d /orders/%d %d\n", $n % 251, $n / 251 % 251, $_, $n * 20 + $_, 200 + $_ } 1 .. $unit * 20);
        }, sub { 0 });
    },
);
($ways{$config{way} // ''} or die "no such way")->();
