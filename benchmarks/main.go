// Command benchmarks measures kern.sys/netlink side by side with bare system calls, the Go libraries that it replaces,
// libmnl and iproute2: each workload in a throw-away network namespace, the contenders in turn.
//
//	go run -C benchmarks .                        everything, at the sizes of docs/benchmarks.md
//	go run -C benchmarks . -run routes -count 9   some of it, more often
//	go run -C benchmarks . -objects 1000000       large tables
//	go run -C benchmarks . -program               compile time and size of a program, with x/sys/unix and with kern.sys/unix
//	go run -C benchmarks . -write                 and put figures and chart into README.md and docs
//
// It runs as root or as any user who may make user namespaces, and leaves nothing behind.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
)

func main() {
	if code, inside := runInside(); inside {
		os.Exit(code)
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "benchmarks:", err)
		os.Exit(1)
	}
}

func run() error {
	match := flag.String("run", "", "run the workloads whose name matches this regular `expression`")
	who := flag.String("contenders", "", "let those take part whose name matches this regular `expression`")
	count := flag.Int("count", 5, "measure each contender so often; the median counts")
	objects := flag.Int("objects", 0, "use tables of so many objects; 0: as many as each workload says")
	svg := flag.String("svg", "", "write a chart to this `file`")
	write := flag.Bool("write", false, "write chart and figures into the module's README.md and docs")
	asJSON := flag.Bool("json", false, "print all that was measured as JSON, instead of tables")
	programs := flag.Bool("program", false,
		"compare compile time and size of a program that makes ten calls of package unix, and of x/sys/unix")
	list := flag.Bool("list", false, "say which workloads there are")
	flag.Parse()
	re, err := regexp.Compile(*match)
	if err != nil {
		return err
	}
	if _, err := regexp.Compile(*who); err != nil {
		return err
	}
	if flag.NArg() != 0 || *count < 1 || *objects < 0 {
		flag.Usage()
		os.Exit(2)
	}
	if *list {
		for _, w := range workloads {
			fmt.Printf("%-18s %s\n", w.name, w.title)
		}
		return nil
	}
	if *programs {
		return comparePrograms(os.Stdout, *count)
	}
	tools, err := prepareTools()
	if err != nil {
		return err
	}
	defer tools.remove()

	report := newReport(*count)
	for _, w := range workloads {
		if !re.MatchString(w.name) {
			continue
		}
		rs, err := runOutside(w, tools, *who, *count, *objects)
		if err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
		report.Workloads = append(report.Workloads, *rs)
		if !*asJSON {
			rs.print(os.Stdout)
		}
	}
	if len(report.Workloads) == 0 {
		return fmt.Errorf("no workload matches %q", *match)
	}
	if *asJSON {
		e := json.NewEncoder(os.Stdout)
		e.SetIndent("", "\t")
		err = e.Encode(report)
	} else {
		report.print(os.Stdout, tools)
	}
	if err == nil && *svg != "" {
		err = report.writeSVG(*svg)
	}
	if err == nil && *write {
		err = report.writeDocs(tools, commandLine(os.Args[1:]))
	}
	return err
}

// commandLine is what a shell takes to run this program again.
func commandLine(args []string) string {
	line := "go run -C benchmarks ."
	for _, a := range args {
		if strings.ContainsAny(a, "|()^$*?[]{}<>&; ") {
			a = "'" + a + "'"
		}
		line += " " + a
	}
	return line
}
