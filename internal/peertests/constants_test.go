package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/constant"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"regexp"
	"strings"
	"testing"
)

// Where a constant has another type, or one where it had none, programs do not compile or compare unequal things.
func TestConstantsAreThoseOfTheLibraries(t *testing.T) {
	for ours, theirs := range map[string]string{
		"kern.sys/netlink": "github.com/vishvananda/netlink", "kern.sys/netlink/nl": "github.com/vishvananda/netlink/nl",
		"kern.sys/netns": "github.com/vishvananda/netns",
	} {
		mine, peer := load(t, ours), load(t, theirs)
		compared := 0
		for _, name := range peer.Scope().Names() {
			want, ok := peer.Scope().Lookup(name).(*types.Const)
			if !ok || !want.Exported() {
				continue
			}
			got, ok := mine.Scope().Lookup(name).(*types.Const)
			if !ok {
				continue // not here yet
			}
			compared++
			if a, b := typeName(got), typeName(want); a != b {
				t.Errorf("%s.%s is of type %s, want %s", ours, name, a, b)
			}
			same := token.EQL
			if grows.MatchString(name) {
				same = token.GEQ
			}
			if value, ok := wrongThere[name]; ok {
				want = types.NewConst(0, nil, name, want.Type(), constant.MakeInt64(value))
			}
			if !constant.Compare(got.Val(), same, want.Val()) {
				t.Errorf("%s.%s is %v, want %v", ours, name, got.Val(), want.Val())
			}
		}
		if compared == 0 {
			t.Errorf("%s has no constant of %s", ours, theirs)
		}
	}
}

// wrongThere are the kernel's values of constants that vishvananda/netlink has written in decimal.
var wrongThere = map[string]int64{
	"IP6_TNL_F_RCV_DSCP_COPY": 0x10, "IP6_TNL_F_USE_ORIG_FWMARK": 0x20, "IP6_TNL_F_ALLOW_LOCAL_REMOTE": 0x40,
}

// grows are the constants that newer headers make larger.
var grows = regexp.MustCompile(`_MAX$|^SizeofLinkStats|^XDP_FLAGS_MASK$|^XFRM_NR_MSGTYPES$|^TCP_MAX_STATES$`)

func typeName(c *types.Const) string {
	return types.TypeString(c.Type(), func(p *types.Package) string { return path.Base(p.Path()) })
}

// load reads what the compiler wrote of a package.
func load(t *testing.T, pkg string) *types.Package {
	t.Helper()
	cmd := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Export", pkg)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct{ ImportPath, Export string }
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		files[p.ImportPath] = p.Export
	}
	open := func(path string) (io.ReadCloser, error) {
		if files[path] == "" {
			return nil, fmt.Errorf("%s was not compiled", path)
		}
		return os.Open(files[path])
	}
	loaded, err := importer.ForCompiler(token.NewFileSet(), "gc", open).Import(pkg)
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}
