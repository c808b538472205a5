package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strconv"

	"kern.sys/internal/abi"
)

// header is what constants of Go's package syscall have for one.
const header = "go/syscall"

// fromGo adds the constants that Go's package syscall has for a system and the facts do not.
func fromGo(db *abi.DB, system string, a abi.Arch) error {
	fset := token.NewFileSet()
	var files []*ast.File
	for _, kind := range []string{"zerrors", "ztypes"} {
		path := filepath.Join(build.Default.GOROOT, "src/syscall", kind+"_"+system+"_"+a.Name+".go")
		f, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			return err
		}
		files = append(files, f)
	}
	conf := types.Config{Importer: importer.Default(), Error: func(error) {}} // what other files declare is missing
	pkg, _ := conf.Check("syscall", fset, files, nil)
	if pkg == nil {
		return fmt.Errorf("package syscall of %s has no types", system)
	}
	for name, encoding := range map[string]string{"char": "signed", "unsigned char": "unsigned"} {
		if err := db.AddType(a.Name, abi.Base, name, "", &abi.Layout{Size: 1, Encoding: encoding}); err != nil {
			return err
		}
	}
	for _, name := range pkg.Scope().Names() {
		c, ok := pkg.Scope().Lookup(name).(*types.Const)
		if !ok || !c.Exported() || len(db.Const(name)) > 0 {
			continue
		}
		kind, value := abi.Int, c.Val().ExactString()
		switch c.Val().Kind() {
		case constant.String:
			kind, value = abi.String, strconv.Quote(constant.StringVal(c.Val()))
		case constant.Int:
		default:
			continue
		}
		if err := db.AddConst(a.Name, name, header, kind, value); err != nil {
			return err
		}
	}
	return nil
}
