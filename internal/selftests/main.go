// Selftests runs other people's scripts that use ip, bridge, tc, ss and devlink, with kern in the place of these:
//
//	go run ./internal/selftests [-kernel latest|um] [-run REGEX] [-limit TIME] [-failures] [-markdown FILE]
//
// They are those of the kernel (tools/testing/selftests/net and tc-testing) and of iproute2 (testsuite). Each runs
// twice in a guest of internal/vmtest with Debian's newest kernel, first with the newest iproute2 of Debian and then
// with kern. It ends with a table and with status 1 where a sub-test that passed with iproute2 does not pass with
// kern. -run chooses scripts by their names, -failures prints the commands that failed with kern.
//
// The first run fetches the sources of both through apt, and compiles the programs that scripts use. It needs an hour
// for all scripts where guests are emulated.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"kern.sys/internal/selftests/guest"
)

type options struct {
	run      string
	limit    time.Duration
	failures bool
	markdown string
	kernel   string
}

func main() {
	var o options
	flag.StringVar(&o.run, "run", "", "regular expression for the scripts' names, all if empty")
	flag.DurationVar(&o.limit, "limit", 10*time.Minute, "time for a script")
	flag.BoolVar(&o.failures, "failures", false, "print the commands that failed with kern")
	flag.StringVar(&o.kernel, "kernel", "latest", "kernel of the guest, see internal/vmtest: latest, or um")
	flag.StringVar(&o.markdown, "markdown", "", "file to write the results into, such as docs/selftests.md")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	rows, err := selftests(ctx, o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "selftests:", err)
		os.Exit(1)
	}
	if slices.ContainsFunc(rows, func(r row) bool { return r.outcome() != "equal" }) {
		os.Exit(1)
	}
}

func selftests(ctx context.Context, o options) ([]row, error) {
	scripts, err := guest.Choose(o.run)
	if err != nil {
		return nil, err
	}
	if err := prepare(ctx); err != nil {
		return nil, err
	}
	rows, err := runAll(ctx, o, scripts)
	if err != nil {
		return nil, err
	}
	fmt.Println()
	return rows, printTable(os.Stdout, rows)
}
