package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"kern.sys/internal/selftests/guest"
)

// row is how a script ended.
type row struct {
	guest.Result
	down bool // the guest went down or hung
}

func (r row) outcome() string {
	switch {
	case r.down:
		return "guest went down"
	case len(r.Lost) > 0:
		return fmt.Sprintf("lost %d", len(r.Lost))
	case r.Iproute2.Note+r.Kern.Note != "":
		return "not ended"
	}
	return "equal"
}

// runAll runs the scripts. A guest that does not end well is replaced by one for the scripts after that which it was
// at.
func runAll(ctx context.Context, o options, scripts []string) ([]row, error) {
	var rows []row
	for left := scripts; len(left) > 0; {
		b, err := json.Marshal(guest.Settings{Scripts: left, Limit: o.limit, Failures: o.failures})
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(data, guest.SettingsFile), b, 0o644); err != nil {
			return nil, err
		}
		results, began, err := runGuest(ctx, o, left)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		rows = append(rows, results...)
		left = left[len(results):]
		if len(left) == 0 {
			break
		}
		if !began {
			return nil, fmt.Errorf("no script ran: %w", err)
		}
		rows, left = append(rows, row{Result: guest.Result{Script: left[0]}, down: true}), left[1:]
		if err := o.record(rows[len(rows)-1]); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// event is one of "go test -json".
type event struct{ Action, Test, Output string }

// record writes how a script ended into the file with results, if there is one.
func (o *options) record(r row) error {
	if o.markdown == "" {
		return nil
	}
	return writeMarkdown(o.markdown, time.Now(), []row{r})
}

// runGuest runs scripts in one guest, and returns the results of those that ended.
func runGuest(ctx context.Context, o options, scripts []string) (results []row, began bool, err error) {
	limit := time.Duration(len(scripts))*2*o.limit + 5*time.Minute // its own part is not a script's
	cmd := exec.CommandContext(ctx, "go", "run", "./internal/vmtest", "-kernel", o.kernel, "-system", iproute2Suite,
		"-with", strings.Join(programs, ","),
		"-memory", "3072", "-timeout", limit.String(), "-v", "-json", "-run", "^TestScripts$", "./internal/selftests/guest")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, false, err
	}
	if err := cmd.Start(); err != nil {
		return nil, false, err
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<22)
	var text strings.Builder // output comes in pieces
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			continue // of the build
		}
		began = began || e.Action == "run" && strings.Contains(e.Test, "/")
		text.WriteString(e.Output)
		if !strings.HasSuffix(e.Output, "\n") {
			continue
		}
		line := text.String()
		text.Reset()
		if _, result, ok := strings.Cut(line, guest.Mark); ok {
			var r guest.Result
			if json.Unmarshal([]byte(result), &r) != nil {
				continue
			}
			results = append(results, row{Result: r})
			fmt.Printf("%3d/%d %s\n", len(results), len(scripts), cells(row{Result: r}))
			for _, l := range r.Lost {
				fmt.Printf("        lost: %s\n", l)
			}
			if err := o.record(row{Result: r}); err != nil {
				fmt.Fprintln(os.Stderr, "selftests:", err)
			}
			continue
		}
		if o.failures {
			fmt.Print(line)
		}
	}
	_, _ = io.Copy(io.Discard, out)
	return results, began, cmd.Wait()
}

func cells(r row) string {
	return fmt.Sprintf("%-44s %-18s %-18s %s", r.Script, r.Iproute2, r.Kern, r.outcome())
}

func printTable(w io.Writer, rows []row) error {
	var err error
	line := func(format string, args ...any) {
		if err == nil {
			_, err = fmt.Fprintf(w, format+"\n", args...)
		}
	}
	line("%-44s %-18s %-18s %s", "script", "iproute2 p/f/s", "kern p/f/s", "sub-tests")
	for _, r := range rows {
		line("%s", cells(r))
	}
	line("\n%s", summary(rows))
	return err
}

func summary(rows []row) string {
	equal, theirs, ours, lost := 0, 0, 0, 0
	for _, r := range rows {
		if r.outcome() == "equal" {
			equal++
		}
		theirs, ours, lost = theirs+r.Iproute2.Pass, ours+r.Kern.Pass, lost+len(r.Lost)
	}
	return fmt.Sprintf("%d of %d scripts are equal; sub-tests that pass: %d with iproute2, %d with kern, %d lost", equal,
		len(rows), theirs, ours, lost)
}
