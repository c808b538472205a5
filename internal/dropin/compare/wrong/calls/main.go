//go:build dragonfly || freebsd || netbsd

// Calls every function of a table with wrong arguments and prints what each returns, a line a call: the function, the
// argument, the results. ../main.go adds the table, and builds it with each of the packages.
package main

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"kern.sys/unix"
)

type taker struct {
	call   any
	params string
}

// left are functions that wait for ever, or change the process.
var left = []string{"Clearenv", "Exec", "Poll", "Setgroups"}

var descriptor = regexp.MustCompile(`(?i)(^|[^n])fd$|^s$|^kq$`)

func (f taker) param(i int) string { return strings.Fields(f.params)[i] }

func (f taker) fd(i int) bool {
	kind := reflect.TypeOf(f.call).In(i).Kind()
	return (kind == reflect.Int || kind == reflect.Uintptr) && descriptor.MatchString(f.param(i))
}

// usual is an argument that is not wrong, but names nothing.
func (f taker) usual(i int) any {
	typ := reflect.TypeOf(f.call).In(i)
	switch {
	case f.fd(i):
		return 1 << 20
	case typ.Kind() == reflect.String && strings.HasPrefix(f.param(i), "attr"):
		return "user.missing"
	case typ.Kind() == reflect.String:
		return "/missing/x"
	case typ.Kind() == reflect.Pointer:
		return reflect.New(typ.Elem()).Interface()
	case typ == reflect.TypeFor[unix.Sockaddr]():
		return &unix.SockaddrInet4{}
	}
	return reflect.Zero(typ).Interface()
}

// wrong are arguments by what they are called.
func (f taker) wrong(i int) map[string]any {
	typ := reflect.TypeOf(f.call).In(i)
	switch {
	case f.fd(i):
		return map[string]any{"-1": -1}
	case typ.Kind() == reflect.String:
		return map[string]any{"NUL": f.usual(i).(string) + "\x00b", "empty": "", "long": strings.Repeat("/long", 1000)}
	case typ.Kind() == reflect.Slice:
		out := map[string]any{}
		for n := range 4 {
			out[fmt.Sprint(n)] = reflect.MakeSlice(typ, n, n).Interface()
		}
		return out
	case typ.Kind() == reflect.Pointer:
		return map[string]any{"nil": reflect.Zero(typ).Interface()}
	case typ == reflect.TypeFor[unix.Sockaddr]():
		return map[string]any{"port": &unix.SockaddrInet4{Port: -1}, "port6": &unix.SockaddrInet6{Port: 1 << 16},
			"unnamed": &unix.SockaddrUnix{}, "long": &unix.SockaddrUnix{Name: strings.Repeat("x", 200)},
			"link": &unix.SockaddrDatalink{}}
	case typ.Kind() == reflect.Int || typ.Kind() == reflect.Int32 || typ.Kind() == reflect.Int64:
		return map[string]any{"-1": -1}
	}
	return nil
}

// try calls the function with one argument that is not the usual one.
func (f taker) try(name, what string, wrong int, arg any) {
	fn := reflect.ValueOf(f.call)
	args := make([]reflect.Value, fn.Type().NumIn())
	for i := range args {
		v := f.usual(i)
		if i == wrong {
			v = arg
		}
		if v == nil {
			args[i] = reflect.Zero(fn.Type().In(i))
		} else {
			args[i] = reflect.ValueOf(v).Convert(fn.Type().In(i))
		}
	}
	results := []string{"panic"}
	func() {
		defer func() { _ = recover() }()
		out := fn.Call
		if fn.Type().IsVariadic() {
			out = fn.CallSlice
		}
		values := out(args)
		results = nil
		for _, v := range values {
			if v.Kind() == reflect.Pointer && !v.IsNil() {
				results = append(results, "pointer")
			} else {
				results = append(results, strings.ReplaceAll(fmt.Sprint(v), " ", "_"))
			}
		}
	}()
	fmt.Println(name, what, strings.Join(append(results, "."), ","))
}

func main() {
	for _, name := range slices.Sorted(maps.Keys(takers)) {
		if slices.Contains(left, name) {
			continue
		}
		f := takers[name]
		f.try(name, "usual", -1, nil)
		for i := range reflect.TypeOf(f.call).NumIn() {
			wrong := f.wrong(i)
			for _, what := range slices.Sorted(maps.Keys(wrong)) {
				f.try(name, f.param(i)+":"+what, i, wrong[what])
			}
		}
	}
}
