#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# A service in Perl that holds memory: `name FILE`, where FILE has one `key=value` a line, as for service.c.
#
#   way=      hash     a hash that is never emptied
#             evicting a hash of max_kb: whatever comes then takes the place of the oldest
#             waiting  a job that reads max_kb, then waits for a lock (path) that another one has
#             files    a job that leaves max_kb in files of unit_kb in a folder (path)
#             lines    lines of a log to its output, max_kb of different ones, for ever where there is none
#   rate_kb=  kB a second        unit_kb=  size of one piece        log=  ledger: uptime, kB held, pieces held
#
# It runs as a copy under a service's name; by the first line that is the name the kernel shows, too.
use strict;
use warnings;
use Fcntl ':flock';

my %config = (rate_kb => 1024, unit_kb => 2, max_kb => 1e12, log => '');
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

# what is held is called with the number of every piece that is due, ten times a second
sub go_on {
    my ($take, $held) = @_;
    while (1) {
        my $now = uptime();
        while (($taken + 1) * $unit <= ($now - $start) * $config{rate_kb}) { $take->($taken++) }
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
    waiting => sub {
        $kept{$_} = value($_) for 1 .. $most;
        open(my $lock, '>>', $config{path}) or die "$config{path}: $!";
        flock($lock, LOCK_EX);
        sleep;
    },
    files => sub {
        for my $n (1 .. $most) {
            open(my $file, '>', sprintf('%s/sess_%s%05d', $config{path}, ('a' .. 'f')[$n % 6], $$ * 100 + $n)) or die "$config{path}: $!";
            print $file "x" x ($unit * 1024);
        }
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
