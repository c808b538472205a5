// Dropin runs other people's tests on this module: for modules that import golang.org/x/sys/unix,
// github.com/vishvananda/netns or netlink it changes the import paths, in the module and in all that it is built of,
// and nothing else.
//
//	go run ./internal/dropin [-run REGEX] [-sources DIR] [-markdown FILE] [module@version [packages]]
//	go run ./internal/dropin [-run REGEX] -systems GOOS/GOARCH,...    builds alone, of what is for other systems too
//
// The modules of modules.go are those that it tries, or one that is named. Each is fetched by the go command, copied,
// and its tests run as they are; then the imports are changed and the tests run again. For root each test binary runs
// in network and mount namespaces of its own. It ends with a table, and with status 1 where a test that passed before
// fails after, or what was built before is not.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

// options are what the command line says.
type options struct {
	imports  map[string]string // new import paths, by the old ones
	checkout string            // of this module
	keep     bool
	verbose  bool
	markdown string // file of the results
	sources  string // directory of modules that are not fetched
	timeout  time.Duration
	rounds   int // in all, for packages whose tests differ
}

func main() {
	var o options
	only := flag.String("run", "", "regular expression for the modules, all if empty")
	imports := flag.String("imports", "golang.org/x/sys/unix=kern.sys/unix,github.com/vishvananda/netns=kern.sys/netns,"+
		"github.com/vishvananda/netlink=kern.sys/netlink,github.com/vishvananda/netlink/nl=kern.sys/netlink/nl",
		"import paths to change, OLD=NEW,…")
	flag.BoolVar(&o.keep, "keep", false, "leave the copies where they are, and say where")
	flag.BoolVar(&o.verbose, "v", false, "print what failing tests print")
	flag.DurationVar(&o.timeout, "timeout", 5*time.Minute, "time for the tests of a package")
	flag.IntVar(&o.rounds, "rounds", 3, "runs of a package with tests that differ, before and after")
	systems := flag.String("systems", "", "build only, for these GOOS/GOARCH,…")
	flag.StringVar(&o.markdown, "markdown", "", "file to write the results into, such as docs/dropin.md")
	flag.StringVar(&o.sources, "sources", "", "directory of modules that are not fetched: each in one of its path")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if *systems != "" {
		worse, err := runSystems(ctx, o, *imports, *only, strings.Split(*systems, ","))
		if err != nil {
			fmt.Fprintln(os.Stderr, "dropin:", err)
		}
		if worse || err != nil {
			os.Exit(1)
		}
		return
	}
	results, err := run(ctx, o, *imports, *only, flag.Args())
	if err == nil {
		fmt.Println()
		err = printTable(os.Stdout, results)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "dropin:", err)
		os.Exit(1)
	}
	if slices.ContainsFunc(results, (*result).worse) {
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, imports, only string, args []string) ([]*result, error) {
	chosen, err := choose(only, args)
	if err != nil {
		return nil, err
	}
	if o.imports, err = parseImports(imports); err != nil {
		return nil, err
	}
	if o.checkout, err = checkout(ctx); err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp("", "dropin-")
	if err != nil {
		return nil, err
	}
	if o.keep {
		fmt.Println("copies are in", temp)
	} else {
		defer os.RemoveAll(temp)
	}
	var results []*result
	for i, m := range chosen {
		fmt.Printf("%d/%d %s@%s\n", i+1, len(chosen), m.Path, m.Version)
		r := try(ctx, o, m, filepath.Join(temp, fmt.Sprint(i)))
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		for _, line := range r.details() {
			fmt.Println("  ", line)
		}
		results = append(results, r)
		if o.markdown != "" {
			if err := writeMarkdown(o.markdown, time.Now(), []*result{r}); err != nil {
				return nil, err
			}
		}
	}
	return results, nil
}

// choose returns the modules of the table that match, or the one that the arguments name.
func choose(only string, args []string) ([]module, error) {
	if len(args) > 0 {
		path, version, ok := strings.Cut(args[0], "@")
		if !ok {
			version = "latest"
		}
		m := module{Path: path, Version: version, Packages: args[1:]}
		if len(m.Packages) == 0 {
			m.Packages = []string{"./..."}
		}
		return []module{m}, nil
	}
	match, err := regexp.Compile(only)
	if err != nil {
		return nil, err
	}
	chosen := slices.DeleteFunc(slices.Clone(modules), func(m module) bool { return !match.MatchString(m.Path) })
	if len(chosen) == 0 {
		return nil, fmt.Errorf("no module matches %q", only)
	}
	return chosen, nil
}

// try runs a module's tests before and after its imports are changed.
func try(ctx context.Context, o options, m module, dir string) *result {
	r := &result{Module: m}
	if err := r.try(ctx, o, dir); err != nil {
		r.Err = err
	}
	if !o.keep {
		if err := os.RemoveAll(dir); err != nil {
			r.Err = errors.Join(r.Err, err)
		}
	}
	return r
}

func (r *result) try(ctx context.Context, o options, dir string) error {
	step := func(what string) { fmt.Println("  ", what) }
	step("fetching")
	got, err := fetch(ctx, o, r.Module)
	if err != nil {
		return err
	}
	r.Module.Version = got.Version
	before, after := tree{dir: filepath.Join(dir, "before"), opt: o}, tree{dir: filepath.Join(dir, "after"), opt: o}
	for _, t := range []*tree{&before, &after} {
		if err := t.copy(ctx, r.Module, got); err != nil {
			return err
		}
	}
	if r.Module.Packages == nil {
		if r.Module.Packages, r.Module.Build, err = before.users(ctx); err != nil {
			return err
		}
		step("packages: " + strings.Join(r.Module.Packages, " "))
	}
	step("as it is")
	r.BuiltBefore = before.build(ctx, r.Module)
	if r.Before, err = before.test(ctx, r.Module, r.Module.Packages); err != nil {
		return err
	}
	if err := before.script(ctx, r.Module, r.Before); err != nil {
		return err
	}
	step("its own imports changed")
	if r.Files, err = after.rewrite(ctx); err != nil {
		return err
	}
	r.BuiltAlone = after.compile(ctx, r.Module)
	step("all imports changed")
	if r.Dependencies, err = after.rewriteDependencies(ctx, r.Module); err != nil {
		return err
	}
	r.BuiltAfter = after.build(ctx, r.Module)
	if r.After, err = after.test(ctx, r.Module, r.Module.Packages); err != nil {
		return err
	}
	if err := after.script(ctx, r.Module, r.After); err != nil {
		return err
	}
	for i := 1; i < o.rounds; i++ {
		again := differing(r.Before, r.After)
		if len(again) == 0 {
			break
		}
		step("again: " + strings.Join(again, " "))
		for _, side := range []struct {
			tree *tree
			all  *outcomes
		}{{&before, &r.Before}, {&after, &r.After}} {
			more, err := side.tree.test(ctx, r.Module, again)
			if err != nil {
				return err
			}
			side.all.add(more)
		}
	}
	return nil
}
