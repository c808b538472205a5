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
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"kern.sys/internal/abi"
)

func main() {
	system := flag.String("system", "", "the GOOS")
	std := flag.Bool("go", false, "take constants and types that the files lack from Go's package syscall")
	root := flag.String("root", ".", "the folder of the module")
	flag.Parse()
	if err := run(*root, *system, *std, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "importfacts:", err)
		os.Exit(1)
	}
}

func run(root, system string, std bool, files []string) error {
	s, ok := abi.FindSystem(system)
	if !ok {
		return fmt.Errorf("no system is called %q", system)
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
	if err := db.Write(dir, abi.ArchNames(s.Archs)); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "source.txt"), []byte(s.Facts+"\n"), 0o666)
}
