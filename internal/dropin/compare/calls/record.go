package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

const logSize = 64 << 20

// recorder writes records into memory that it shares with the driver: its length in front, and lines of text. They are
// there whatever becomes of this process.
type recorder struct {
	mem     []byte
	n       int
	calling atomic.Bool
	calls   atomic.Uint64
	slept   atomic.Bool // the last call did, and was interrupted
}

func newRecorder(fd int) *recorder {
	mem, err := syscall.Mmap(fd, 0, logSize, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		fatal("log: " + err.Error())
	}
	return &recorder{mem: mem, n: 8}
}

func (r *recorder) line(s string) {
	if r.n+len(s)+1 > len(r.mem) {
		fatal("the log is full")
	}
	r.n += copy(r.mem[r.n:], s)
	r.mem[r.n] = '\n'
	r.n++
	binary.LittleEndian.PutUint64(r.mem, uint64(r.n))
}

// begin says that a call follows, and with what.
func (r *recorder) begin(i int, args string) {
	r.line("> " + strconv.Itoa(i) + "\t" + args)
	r.calls.Add(1)
	r.slept.Store(false)
	r.calling.Store(true)
}

func (r *recorder) end() {
	r.calling.Store(false)
	r.line("<")
}

func (r *recorder) leaf(path, value string) { r.line(path + "\t" + value) }

// openWatch opens what watch reads.
func openWatch() {
	stat, err := syscall.Open("/proc/self/task/1/stat", syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil { // /proc is of another namespace
		stat, err = syscall.Open("/proc/thread-self/stat", syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	}
	check("watch", err)
	check("watch", syscall.Dup3(stat, fdWatch, syscall.O_CLOEXEC))
	check("watch", syscall.Close(stat))
}

// watch interrupts a call that sleeps, and ends the process if that does not help. It has no timers of Go's, which
// open descriptors.
func (r *recorder) watch() {
	var last uint64
	asleep, awake := 0, 0
	for {
		ts := syscall.NsecToTimespec(int64(10 * time.Millisecond))
		_, _, _ = syscall.Syscall(syscall.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&ts)), 0, 0)
		if n := r.calls.Load(); n != last || !r.calling.Load() {
			last, asleep, awake = n, 0, 0
			continue
		}
		var b [512]byte
		if n, _ := syscall.Pread(fdWatch, b[:], 0); sleeps(b[:max(n, 0)]) {
			asleep++
		} else {
			awake++
		}
		switch {
		case asleep == 5:
			r.slept.Store(true)
			_, _, _ = syscall.RawSyscall(syscall.SYS_TGKILL, uintptr(syscall.Getpid()), uintptr(syscall.Getpid()),
				uintptr(syscall.SIGURG))
		case asleep > 20 || awake > 300:
			_, _, _ = syscall.RawSyscall(syscall.SYS_EXIT_GROUP, statusBlocked, 0, 0)
		}
	}
}

// sleeps finds in the text of /proc/…/stat whether a thread sleeps.
func sleeps(stat []byte) bool {
	for i := len(stat) - 1; i >= 0; i-- {
		if stat[i] == ')' {
			return i+2 < len(stat) && stat[i+2] == 'S'
		}
	}
	return false
}

// value records v and what it refers to, a line for each scalar.
func (r *recorder) value(path string, v reflect.Value, depth int) {
	if depth > 8 {
		return
	}
	if v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer {
		if v.IsNil() {
			r.leaf(path, "nil")
			return
		}
	}
	switch v.Kind() {
	case reflect.Bool:
		r.leaf(path, strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		r.leaf(path, strconv.FormatInt(v.Int(), 10))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if v.Type() == reflect.TypeFor[syscall.Errno]() {
			r.leaf(path, errorText(syscall.Errno(v.Uint())))
			return
		}
		r.leaf(path, strconv.FormatUint(v.Uint(), 10))
	case reflect.String:
		r.leaf(path, bytesText(reflect.ValueOf([]byte(v.String()))))
	case reflect.UnsafePointer:
		r.leaf(path, fmt.Sprint("set: ", v.UnsafePointer() != nil))
	case reflect.Pointer:
		r.value(path, v.Elem(), depth+1)
	case reflect.Interface:
		if err, isErr := v.Interface().(error); isErr {
			r.leaf(path, errorText(err))
			return
		}
		r.leaf(path+".type", v.Elem().Type().String())
		r.value(path, v.Elem(), depth+1)
	case reflect.Struct:
		// What a structure hides is its own affair, but for the address as the kernel gets it.
		address := strings.HasPrefix(v.Type().Name(), "Sockaddr")
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() || address && f.Name == "raw" {
				r.value(path+"."+f.Name, v.Field(i), depth+1)
			}
		}
	case reflect.Slice, reflect.Array:
		r.list(path, v, depth)
	default:
		r.leaf(path, "a "+v.Kind().String())
	}
}

func (r *recorder) list(path string, v reflect.Value, depth int) {
	if v.Kind() == reflect.Slice {
		if v.IsNil() {
			r.leaf(path, "nil")
			return
		}
		r.leaf(path+".len", strconv.Itoa(v.Len()))
	}
	switch v.Type().Elem().Kind() {
	case reflect.Uint8, reflect.Int8:
		r.leaf(path, bytesText(v))
		return
	}
	for i := range min(v.Len(), 20) {
		r.value(path+"["+strconv.Itoa(i)+"]", v.Index(i), depth+1)
	}
}

// bytesText is the text of bytes, or of many their hash; they may be memory that cannot be read.
func bytesText(v reflect.Value) (text string) {
	defer func() {
		if recover() != nil {
			text = "unreadable"
		}
	}()
	if v.Len() > 1<<20 {
		return "many"
	}
	b := make([]byte, v.Len())
	for i := range b {
		if e := v.Index(i); e.CanInt() {
			b[i] = byte(e.Int())
		} else {
			b[i] = byte(e.Uint())
		}
	}
	if len(b) <= 300 {
		return strconv.Quote(string(b))
	}
	h := fnv.New64a()
	_, _ = h.Write(b)
	return fmt.Sprintf("hash %x", h.Sum64())
}

// errorText is the same for errors of either package.
func errorText(err error) string {
	var e syscall.Errno
	if errors.As(err, &e) {
		if e == 0 {
			return "no error"
		}
		return "error " + strconv.Itoa(int(e)) + ": " + err.Error()
	}
	return "error " + strconv.Quote(err.Error())
}
