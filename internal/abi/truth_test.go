package abi

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The syscall package of Go's own library was made from other headers, by other programs, on each
// architecture itself: where it and the facts have the same name, they have to say the same.

// goSyscall returns the constants of Go's syscall package for an architecture, by name.
func goSyscall(t *testing.T, arch string) map[string]constant.Value {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(strings.TrimSpace(string(out)), "src/syscall")
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range []string{"zerrors", "zsysnum", "ztypes"} {
		f, err := parser.ParseFile(fset, filepath.Join(dir, name+"_linux_"+arch+".go"), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	// Errors of other types than constants' are of no interest: the rest of the package is not there.
	conf := types.Config{Error: func(error) {}, Importer: nil, FakeImportC: true}
	extra, err := parser.ParseFile(fset, "extra.go", "package syscall\ntype Errno uintptr\ntype Signal int\n", 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, _ := conf.Check("syscall", fset, append(files, extra), nil)
	values := map[string]constant.Value{}
	for _, name := range pkg.Scope().Names() {
		if c, ok := pkg.Scope().Lookup(name).(*types.Const); ok && c.Val().Kind() == constant.Int {
			values[name] = c.Val()
		}
	}
	return values
}

// differ says why a constant may be another one in Go's package.
func differ(name string) bool {
	const (
		grew  = "newer kernels have more"
		libc  = "Go's was made from the C library's header"
		fixed = "Go's was made before the header was mended"
		sign  = "Go has it as a negative number"
	)
	return map[string]string{
		"RTM_NR_MSGTYPES": grew, "RTM_NR_FAMILIES": grew, "SOMAXCONN": grew, "MS_RMT_MASK": grew, "RTAX_FEATURE_MASK": grew,
		"RTNH_COMPARE_MASK": grew, "PTRACE_O_MASK": grew,
		"O_LARGEFILE": libc, "RLIM_INFINITY": libc, "RTCF_NAT": libc, "MAP_RENAME": libc,
		"F_GETLK": libc, "F_SETLK": libc, "F_SETLKW": libc, "F_GETLK64": libc, "F_SETLK64": libc, "F_SETLKW64": libc,
		"O_SYNC": fixed, "O_TMPFILE": fixed,
		"EPOLLET": sign, "PR_SET_PTRACER_ANY": sign,
		"SYS_SECCOMP": "a reason of SIGSYS has the name of a system call",
	}[name] != "" || strings.HasSuffix(name, "_MAX")
}

func TestConstantsAgreeWithGo(t *testing.T) {
	db := committed(t)
	for _, a := range GoLinux() {
		agree := 0
		values := goSyscall(t, a.Name)
		for name, want := range values {
			if differ(name) {
				continue
			}
			for _, v := range db.Const(name) {
				got, ok := v.On[a.Name]
				if !ok {
					continue
				}
				n := constant.MakeFromLiteral(strings.TrimPrefix(got, "-"), token.INT, 0)
				if strings.HasPrefix(got, "-") {
					n = constant.UnaryOp(token.SUB, n, 0)
				}
				if !constant.Compare(n, token.EQL, want) {
					t.Errorf("%s: %s of %s is %s, in Go's package it is %s", a.Name, name, v.Header, got, want)
				}
				agree++
			}
		}
		if agree < 500 {
			t.Errorf("%s: only %d constants are in both", a.Name, agree)
		}
	}
}

func TestSyscallNumbersAgreeWithGo(t *testing.T) {
	db := committed(t)
	for _, a := range GoLinux() {
		agree := 0
		values := goSyscall(t, a.Name)
		for _, s := range db.Syscalls() {
			want, ok := values["SYS_"+strings.ToUpper(s.Name)]
			got, here := s.On[a.Name]
			if !ok || !here || s.Name == "OABI_SYSCALL_BASE" { // which is one of an ABI that Go does not use
				continue
			}
			agree++
			if got != want.ExactString() {
				t.Errorf("%s: %s is %s, in Go's package it is %s", a.Name, s.Name, got, want)
			}
		}
		if agree < 200 {
			t.Errorf("%s: only %d system calls are in both", a.Name, agree)
		}
	}
}

func TestSizesAgreeWithGo(t *testing.T) {
	db := committed(t)
	types := map[string]string{
		"NlMsghdr": "struct nlmsghdr", "NlMsgerr": "struct nlmsgerr", "NlAttr": "struct nlattr", "RtAttr": "struct rtattr",
		"RtGenmsg": "struct rtgenmsg", "RtMsg": "struct rtmsg", "RtNexthop": "struct rtnexthop",
		"IfInfomsg": "struct ifinfomsg", "IfAddrmsg": "struct ifaddrmsg", "SockaddrNetlink": "struct sockaddr_nl",
		"SockaddrInet4": "struct sockaddr_in", "SockaddrInet6": "struct sockaddr_in6",
		"SockaddrLinklayer": "struct sockaddr_ll",
		"IPv6Mreq":          "struct ipv6_mreq", "IPMreqn": "struct ip_mreqn", "TCPInfo": "struct tcp_info",
	}
	for _, a := range GoLinux() {
		values := goSyscall(t, a.Name)
		for goName, c := range types {
			typ, ok := db.Type(c)
			want, inGo := values["Sizeof"+goName]
			if !ok || !inGo {
				t.Errorf("%s: no facts of %s, or no Sizeof%s in Go's package", a.Name, c, goName)
				continue
			}
			size := typ.On[a.Name].Size
			// It grew at its end since.
			grew := c == "struct tcp_info" && constant.Compare(constant.MakeInt64(size), token.GTR, want)
			if !grew && strconv.FormatInt(size, 10) != want.ExactString() {
				t.Errorf("%s: %s has %d bytes, in Go's package %s", a.Name, c, size, want)
			}
		}
	}
}

// TestLayoutsAreConsistent checks what holds for every C type, whatever the headers say.
func TestLayoutsAreConsistent(t *testing.T) {
	db := committed(t)
	for _, typ := range db.Types() {
		for arch, l := range typ.On {
			if typ.Kind != Struct && typ.Kind != Union {
				continue
			}
			if err := consistent(db, arch, typ.Kind, l.Size, l.Fields); err != nil {
				t.Errorf("%s %s on %s: %v", typ.Kind, typ.Name, arch, err)
			}
			if l.Align == 0 || l.Size%l.Align != 0 {
				t.Errorf("%s %s on %s: %d bytes, aligned to %d", typ.Kind, typ.Name, arch, l.Size, l.Align)
			}
		}
	}
}

func consistent(db *DB, arch string, kind Kind, size int64, fields []Field) error {
	end := int64(0)
	for _, f := range fields {
		if f.Bits > 0 {
			continue
		}
		n, err := sizeof(db, arch, f.Type)
		if err != nil {
			return err
		}
		if kind == Union && f.Offset != 0 {
			return fmt.Errorf("member %s of a union is at %d", f.Name, f.Offset)
		}
		if kind == Struct && f.Offset < end {
			return fmt.Errorf("field %s is at %d, the one before ends at %d", f.Name, f.Offset, end)
		}
		if end = f.Offset + n; end > size {
			return fmt.Errorf("field %s ends at %d of %d", f.Name, end, size)
		}
		if k, inner, ok := Anonymous(Elem(f.Type)); ok {
			if err := consistent(db, arch, k, inner, f.Members); err != nil {
				return err
			}
		}
	}
	return nil
}

func sizeof(db *DB, arch, expr string) (int64, error) {
	if rest, ok := strings.CutPrefix(expr, "["); ok {
		n, elem, _ := strings.Cut(rest, "]")
		if n == "" {
			return 0, nil
		}
		count, err := strconv.ParseInt(n, 10, 64)
		if err != nil {
			return 0, err
		}
		size, err := sizeof(db, arch, elem)
		return count * size, err
	}
	if strings.HasPrefix(expr, "*") {
		for _, a := range Linux() {
			if a.Name == arch {
				return int64(a.Word), nil
			}
		}
	}
	if _, size, ok := Anonymous(expr); ok {
		return size, nil
	}
	t, ok := db.Type(expr)
	if !ok || t.On[arch] == nil {
		return 0, fmt.Errorf("type %s is not there", expr)
	}
	if t.Kind == Typedef {
		return sizeof(db, arch, t.On[arch].Target)
	}
	return t.On[arch].Size, nil
}
