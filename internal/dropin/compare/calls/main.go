// Calls calls one function of package unix with arguments at their bounds and records what comes of it. The driver in
// the parent directory builds it twice, of golang.org/x/sys/unix and, with that import changed, of kern.sys/unix, and
// runs both in namespaces of their own.
//
//	calls LOG DIRECTORY FUNCTION FIRST
//	calls                              # print the names of scenarios
//
// LOG is the number of a descriptor of memory that the driver reads. FIRST is the call to begin with: a call that
// blocks or ends the process is not made again. It must not use what of Go's library opens descriptors by itself, as
// timers do, and makes its own system calls by package syscall, so that none depends on what is compared.
package main

import (
	"fmt"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

// function is one of package unix; a method has its receiver as the first parameter.
type function struct {
	name   string
	fn     any
	params []string
}

// variable is one of package unix, by pointer.
type variable struct {
	name string
	ptr  any
}

// the main thread is process 1 of the namespace, whatever others the runtime has
func init() { runtime.LockOSThread() }

func main() {
	if len(os.Args) == 1 {
		for name := range scenarios {
			fmt.Println(name)
		}
		return
	}
	if len(os.Args) != 5 {
		fatal("usage: calls LOG DIRECTORY FUNCTION FIRST")
	}
	logFD, err1 := strconv.Atoi(os.Args[1])
	first, err2 := strconv.Atoi(os.Args[4])
	if err1 != nil || err2 != nil {
		fatal("numbers of arguments")
	}
	debug.SetPanicOnFault(true)
	r := newRecorder(logFD)
	enterWorld(os.Args[2])
	openWatch()
	go r.watch()
	name := os.Args[3]
	if s, isScenario := scenarios[name]; isScenario {
		runScenario(r, s, first)
		return
	}
	for _, v := range variables {
		if v.name == name {
			r.begin(0, "")
			r.value("value", reflect.ValueOf(v.ptr).Elem(), 0)
			r.end()
			return
		}
	}
	for _, f := range functions {
		if f.name == name {
			callAll(r, f, first)
			return
		}
	}
	fatal("no function " + name)
}

// exit statuses that the driver knows.
const (
	statusFatal   = 76
	statusBlocked = 77
)

func fatal(text string) {
	fmt.Fprintln(os.Stderr, "calls:", text)
	os.Exit(statusFatal)
}

// maxSlept is how many calls of a function may sleep until they are interrupted, as each takes some time.
const maxSlept = 12

// callAll makes the calls of a function.
func callAll(r *recorder, f function, first int) {
	fn := reflect.ValueOf(f.fn)
	t := fn.Type()
	lists := make([][]candidate, t.NumIn())
	for i := range lists {
		lists[i] = candidates(f, f.params[i], t.In(i))
		if len(lists[i]) == 0 {
			fatal(fmt.Sprintf("%s: no arguments of type %v", f.name, t.In(i)))
		}
	}
	slept := 0
	needs := needsWorld(f, t)
	var had []int
	for i, choice := range choices(f.name, lists) {
		if i < first {
			continue
		}
		if needs {
			newWorld(had, f.name == "CloseRange" || f.name == "Dup2" || f.name == "Dup3")
			had = had[:0]
		}
		args := make([]reflect.Value, len(lists))
		text := ""
		regions = regions[:0]
		for j, c := range choice {
			args[j] = lists[j][c].make()
			if j > 0 {
				text += ", "
			}
			text += lists[j][c].label
			if fd := lists[j][c].fd; fd != 0 {
				had = append(had, fd)
			}
		}
		r.begin(i, text)
		results := call(fn, args)
		r.calling.Store(false)
		if r.slept.Load() {
			r.leaf("outcome", "interrupted")
			slept++
		}
		if results == nil {
			r.leaf("panic", "yes")
		}
		for j, v := range results {
			r.value("result"+strconv.Itoa(j), v, 0)
		}
		for j, v := range args {
			if changeable(v.Kind()) {
				r.value(f.params[j], v, 0)
			}
		}
		for _, m := range regions {
			m.check(r)
		}
		if needs {
			r.world()
		}
		r.end()
		freeRegions()
		if slept == maxSlept {
			return
		}
	}
}

// needsWorld reports whether a function takes a descriptor or a name, or anything else that may be of the world.
func needsWorld(f function, t reflect.Type) bool {
	for i := range t.NumIn() {
		switch t.In(i).Kind() {
		case reflect.String, reflect.Interface:
			return true
		case reflect.Int:
			if fdParam.MatchString(f.params[i]) {
				return true
			}
		}
	}
	return strings.HasPrefix(f.name, "Syscall") || strings.HasPrefix(f.name, "RawSyscall")
}

// call calls fn, and returns nil if it panics.
func call(fn reflect.Value, args []reflect.Value) (results []reflect.Value) {
	defer func() {
		if recover() != nil {
			results = nil
		}
	}()
	if fn.Type().IsVariadic() {
		results = fn.CallSlice(args)
	} else {
		results = fn.Call(args)
	}
	if results == nil {
		results = []reflect.Value{}
	}
	return results
}

// changeable reports whether a call can change what the caller has.
func changeable(k reflect.Kind) bool {
	return k == reflect.Pointer || k == reflect.Slice || k == reflect.Interface
}
