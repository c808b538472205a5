// Importfacts writes the facts of a system whose headers no package registry has, from one text file an architecture
// in the form that clang's probe of a header set prints:
//
//	go run ./internal/abi/importfacts -system freebsd FOLDER/freebsd_amd64.txt FOLDER/freebsd_arm64.txt ...
//
// A file's name ends in _GOARCH.txt. Its lines are
//
//	const NAME int|string HEADER VALUE
//	base NAME | SIZE ENCODING
//	enum NAME HEADER | SIZE ENCODING
//	struct|union NAME HEADER size N align N     its fields follow, indented, as in the facts
//	typedef NAME HEADER = TYPE                  so do those of a structure without a tag
//	no NAME HEADER REASON                       a macro that is no constant: left out
//
// Numbers of system calls are the constants SYS_... of sys/syscall.h. Those of aix, which has no headers that may be
// read, are what bindings of others say: the file of Rust's libc project, and with -go Go's own package syscall, for
// names that it lacks.
//
// Where the facts are extracted (internal/abi/extract) but for some headers that the package lacks, -headers names
// those, between commas, and their facts go to the folder "imported" beside the others.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kern.sys/internal/abi"
)

func main() {
	system := flag.String("system", "", "the GOOS")
	std := flag.Bool("go", false, "take constants and types that the files lack from Go's package syscall")
	headers := flag.String("headers", "", "take the facts of these headers alone, into the folder of imported ones")
	root := flag.String("root", ".", "the folder of the module")
	flag.Parse()
	var only []string
	if *headers != "" {
		only = strings.Split(*headers, ",")
	}
	if err := run(*root, *system, *std, only, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "importfacts:", err)
		os.Exit(1)
	}
}

func run(root, system string, std bool, only, files []string) error {
	s, ok := abi.FindSystem(system)
	if !ok {
		return fmt.Errorf("no system is called %q", system)
	}
	if (s.Imported != "") != (only != nil) || s.Imported == "" && s.Folder != "" {
		return fmt.Errorf("facts of %s: %s; of single headers: %s", s.Name, s.Facts, cmp.Or(s.Imported, "none imported"))
	}
	if len(files) != len(s.Archs) {
		return fmt.Errorf("%s has %d architectures, here are %d files", s.Name, len(s.Archs), len(files))
	}
	db := abi.NewDB()
	for _, file := range files {
		arch := strings.TrimSuffix(file[strings.LastIndexByte(file, '_')+1:], ".txt")
		b, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if err := abi.ReadFlat(db, arch, strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")); err != nil {
			return fmt.Errorf("%s:%w", file, err)
		}
	}
	if std {
		for _, a := range s.Archs {
			if err := fromGo(db, s.Name, a); err != nil {
				return err
			}
		}
	}
	dir := filepath.Join(root, "internal/abi/facts", s.Name)
	if only == nil {
		return write(db, s, dir, s.Facts+"\n")
	}
	var source strings.Builder
	for _, header := range only {
		part := db.Of(func(h string) bool { return h == header })
		if len(part.Consts())+len(part.Types())+len(part.Syscalls()) == 0 {
			return fmt.Errorf("no facts of header %s", header)
		}
		fmt.Fprintf(&source, "%s: %s\n", header, s.Imported)
	}
	db = db.Of(func(h string) bool { return slices.Contains(only, h) })
	return write(db, s, filepath.Join(dir, abi.ImportedFolder), source.String())
}

func write(db *abi.DB, s abi.System, dir, source string) error {
	if err := db.Write(dir, abi.ArchNames(s.Archs)); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "source.txt"), []byte(source), 0o666)
}
