package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// portable are modules that are built for other systems too, where their tests cannot be run.
var portable = []module{
	{Path: "golang.org/x/net", Version: "v0.62.0"},
	{Path: "golang.org/x/term", Version: "v0.48.0"},
	{Path: "github.com/fsnotify/fsnotify", Version: "v1.10.1"},
	{Path: "github.com/shirou/gopsutil/v4", Version: "v4.26.10"},
	{Path: "golang.zx2c4.com/wireguard", Version: "v0.0.0-20260522210424-ecfc5a8d5446",
		Build: []string{".", "./conn", "./device", "./tun", "./ipc"}},
	{Path: "github.com/creack/pty", Version: "latest"},
	{Path: "github.com/mattn/go-isatty", Version: "latest"},
	{Path: "github.com/gdamore/tcell/v2", Version: "latest"},
	{Path: "github.com/moby/sys/mountinfo", Version: "v0.7.3"},
	{Path: "github.com/moby/sys/signal", Version: "v0.7.1"},
	{Path: "github.com/pkg/xattr", Version: "v0.4.12"},
	{Path: "github.com/tklauser/go-sysconf", Version: "v0.4.0"},
	{Path: "github.com/prometheus/node_exporter", Version: "latest"},
}

// builds is how a module is built for a platform, before and after its imports are changed.
type builds struct{ before, after error }

// text is the cell of a table.
func (b builds) text() string {
	switch {
	case b.before == nil && b.after == nil:
		return "yes"
	case b.after == nil:
		return "only after"
	case b.before == nil:
		return "NO"
	}
	return "neither"
}

// portability is how a module is built for each platform.
type portability struct {
	module module
	on     []builds
	err    error
}

// row returns the cells of a table.
func (r portability) row() []string {
	row := []string{r.module.Path, r.module.Version}
	if r.err != nil {
		return append(row, "NOT TRIED: "+r.err.Error())
	}
	for _, b := range r.on {
		row = append(row, b.text())
	}
	return row
}

// reasons says why the module is built for some platforms neither before nor after.
func (r portability) reasons(platforms []string) []string {
	var out []string
	for i, b := range r.on {
		if b.before != nil && b.after != nil {
			out = append(out, fmt.Sprintf("%s for %s: %s", r.module.Path, platforms[i], firstError(b.before)))
		}
	}
	return out
}

// firstError is the first line of what the go command says that is not the name of a package.
func firstError(err error) string {
	for line := range strings.Lines(err.Error()) {
		if line = strings.TrimSpace(line); strings.Contains(line, ": ") && !strings.HasPrefix(line, "#") &&
			!strings.HasPrefix(line, "go build") {
			return line
		}
	}
	return err.Error()
}

// systemsMarkdown returns the results as Markdown.
func systemsMarkdown(now time.Time, platforms []string, results []portability) string {
	var b, below strings.Builder
	fmt.Fprintf(&b, "\n| module | version | %s |\n|%s\n", strings.Join(platforms, " | "),
		strings.Repeat("---|", len(platforms)+2))
	for _, r := range results {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(r.row(), " | "))
		for _, line := range r.reasons(platforms) {
			below.WriteString("- " + line + "\n")
		}
	}
	return b.String() + "\nTried on " + now.UTC().Format(time.DateOnly) + ".\n\n" + below.String() + "\n"
}

// trySystems builds modules for platforms, GOOS/GOARCH, before and after all imports are changed.
func trySystems(ctx context.Context, o options, platforms []string, chosen []module, w io.Writer) (worse bool,
	err error) {
	temp, err := os.MkdirTemp("", "dropin-")
	if err != nil {
		return false, err
	}
	if o.keep {
		fmt.Println("copies are in", temp)
	} else {
		defer os.RemoveAll(temp)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "module\tversion\t%s\n", strings.Join(platforms, "\t"))
	var results []portability
	for i, m := range chosen {
		r := portability{module: m}
		got, err := fetch(ctx, o, m)
		if r.err = err; err == nil {
			m.Version = got.Version
			if m.Build == nil {
				m.Build = all
			}
			m.Packages = m.Build
			r.module = m
			for _, p := range platforms {
				b := tryPlatform(ctx, o, m, got, p, filepath.Join(temp, fmt.Sprint(i), strings.ReplaceAll(p, "/", "_")))
				if ctx.Err() != nil {
					return worse, context.Cause(ctx)
				}
				fmt.Println(m.Path, p, b.text())
				if b.before == nil && b.after != nil {
					worse = true
					fmt.Println(b.after)
				}
				r.on = append(r.on, b)
			}
		}
		results = append(results, r)
		fmt.Fprintln(t, strings.Join(r.row(), "\t"))
	}
	if o.markdown != "" {
		text := systemsMarkdown(time.Now(), platforms, results)
		if err := replaceBetween(o.markdown, systemsBegin, func(string) string { return text }); err != nil {
			return worse, err
		}
	}
	return worse, t.Flush()
}

// platformKey is the key of a context that says what the go command builds for.
type platformKey struct{}

func platformOf(ctx context.Context) string {
	platform, _ := ctx.Value(platformKey{}).(string)
	return platform
}

// runSystems is [run] for the modules that are portable.
func runSystems(ctx context.Context, o options, imports, only string, platforms []string) (worse bool, err error) {
	match, err := regexp.Compile(only)
	if err != nil {
		return false, err
	}
	if o.imports, err = parseImports(imports); err != nil {
		return false, err
	}
	if o.checkout, err = checkout(ctx); err != nil {
		return false, err
	}
	chosen := slices.DeleteFunc(slices.Clone(portable), func(m module) bool { return !match.MatchString(m.Path) })
	if len(chosen) == 0 {
		return false, fmt.Errorf("no module matches %q", only)
	}
	return trySystems(ctx, o, platforms, chosen, os.Stdout)
}

func tryPlatform(ctx context.Context, o options, m module, got goModule, platform, dir string) builds {
	ctx = context.WithValue(ctx, platformKey{}, platform)
	before, after := tree{dir: filepath.Join(dir, "before"), opt: o}, tree{dir: filepath.Join(dir, "after"), opt: o}
	for _, t := range []*tree{&before, &after} {
		if err := t.copy(ctx, m, got); err != nil {
			return builds{err, err}
		}
	}
	b := builds{before: before.build(ctx, m)}
	if _, b.after = after.rewrite(ctx); b.after != nil {
		return b
	}
	if _, b.after = after.rewriteDependencies(ctx, m); b.after != nil {
		return b
	}
	b.after = after.build(ctx, m)
	return b
}
