package main

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/unix" // for constants only
)

// candidate is a value for a parameter, made for each call.
type candidate struct {
	label string
	make  func() reflect.Value
	fd    int // the descriptor that it is, 0 if none
}

// budget is how many calls a function gets at most.
const budget = 160

// choices are the combinations of candidates that are called: the first ones, each other with the first ones, and more
// at random, by the function's name, until the budget is spent or they are all.
func choices(name string, lists [][]candidate) [][]int {
	all := 1
	for _, l := range lists {
		if all *= len(l); all > budget {
			all = budget
			break
		}
	}
	var out [][]int
	seen := map[string]bool{}
	add := func(c []int) {
		if key := fmt.Sprint(c); !seen[key] {
			seen[key] = true
			out = append(out, c)
		}
	}
	add(make([]int, len(lists)))
	for j, l := range lists {
		for k := 1; k < len(l); k++ {
			c := make([]int, len(lists))
			c[j] = k
			add(c)
		}
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	random := rand.New(rand.NewPCG(h.Sum64(), 1))
	for len(out) < all {
		c := make([]int, len(lists))
		for j, l := range lists {
			if random.IntN(3) > 0 {
				c[j] = random.IntN(len(l))
			}
		}
		add(c)
	}
	return out
}

var fdParam = regexp.MustCompile(`^(s|.*[fF][dD]|fd[A-Z].*|.*Fd)$`)

// candidates are the values for a parameter, the most ordinary one first.
func candidates(f function, param string, t reflect.Type) []candidate {
	if list := special(f.name, param, t); list != nil {
		return list
	}
	switch t.Kind() {
	case reflect.Bool:
		return []candidate{given(t, false), given(t, true)}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return signed(param, t)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return unsigned(param, t)
	case reflect.String:
		var list []candidate
		for _, s := range stringsFor(param) {
			list = append(list, given(t, s))
		}
		return list
	case reflect.Slice:
		return slicesOf(t)
	case reflect.Array:
		return filled(t)
	case reflect.Pointer:
		list := []candidate{{label: "nil", make: func() reflect.Value { return reflect.Zero(t) }}}
		for _, c := range filled(t.Elem()) {
			list = append(list, candidate{label: "&" + c.label, make: func() reflect.Value { return pointerTo(c.make()) }})
		}
		if len(list) > 1 {
			list[0], list[1] = list[1], list[0]
		}
		return list
	case reflect.Struct:
		return filled(t)
	case reflect.UnsafePointer:
		return []candidate{
			{label: "memory", make: func() reflect.Value { return reflect.ValueOf(guarded(64)) }},
			{label: "nil", make: func() reflect.Value { return reflect.Zero(t) }},
		}
	case reflect.Interface:
		return addresses(t)
	}
	return nil
}

func given(t reflect.Type, v any) candidate {
	value := reflect.ValueOf(v).Convert(t)
	label := fmt.Sprint(v)
	if s, isString := v.(string); isString {
		label = strconv.Quote(s)
		if len(s) > 40 {
			label = strconv.Quote(s[:10]) + "…" + strconv.Itoa(len(s))
		}
	}
	return candidate{label: label, make: func() reflect.Value { return value }}
}

// fits reports whether a number has the same value as t.
func fits(n int64, t reflect.Type) bool { return !reflect.Zero(t).OverflowInt(n) }

func signed(param string, t reflect.Type) []candidate {
	var list []candidate
	add := func(numbers ...int64) {
		for _, n := range numbers {
			if fits(n, t) {
				list = append(list, given(t, n))
			}
		}
	}
	switch {
	case t == reflect.TypeFor[time.Duration]():
	case fdParam.MatchString(param) && t.Kind() == reflect.Int:
		for i, name := range fdNames {
			c := given(t, int64(fdFile+i))
			c.label, c.fd = name, fdFile+i
			list = append(list, c)
		}
		add(-1, fdClosed, unix.AT_FDCWD, math.MaxInt32, math.MinInt32, 1<<32|fdFile, -1<<32|fdFile)
		return list
	case strings.Contains(strings.ToLower(param), "flag") || param == "mode" || param == "how":
		add(0, 1, 2, unix.O_RDWR|unix.O_CREAT, unix.O_CLOEXEC, unix.O_NONBLOCK, unix.AT_SYMLINK_NOFOLLOW,
			unix.AT_EMPTY_PATH, unix.MSG_DONTWAIT|unix.MSG_PEEK)
	case param == "level":
		add(unix.SOL_SOCKET, unix.IPPROTO_IP, unix.IPPROTO_TCP, unix.IPPROTO_IPV6,
			unix.SOL_NETLINK, unix.SOL_PACKET, unix.IPPROTO_ICMPV6)
	case param == "opt":
		for n := range int64(40) {
			add(n + 1)
		}
	case param == "domain" || param == "family":
		add(unix.AF_UNIX, unix.AF_INET, unix.AF_INET6, unix.AF_NETLINK, unix.AF_PACKET)
	case param == "typ":
		add(unix.SOCK_STREAM, unix.SOCK_DGRAM, unix.SOCK_SEQPACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC,
			unix.SOCK_STREAM|unix.SOCK_NONBLOCK)
	}
	add(0, 1, 2, 3, 4, 8, 100, -1, math.MaxInt8, math.MaxInt16, math.MaxInt32, math.MinInt32,
		1<<31, 1<<32, 1<<32+1, 1<<40, 18446744074, 1<<62, math.MaxInt64, math.MinInt64)
	if t.Kind() == reflect.Int64 {
		add(999, 1000, -999, -1000, -1001, 999999999, 1e9, -1e9, math.MaxInt64-998, math.MaxInt64-999)
	}
	return list
}

func unsigned(param string, t reflect.Type) []candidate {
	most := uint64(math.MaxUint64) >> (64 - t.Bits())
	var list []candidate
	for _, n := range []uint64{0, 1, 2, 3, 4, 8, 127, 128, 255, 256, 1 << 15, 1<<16 - 1, 1 << 31, 1<<32 - 1, 1 << 32,
		1 << 62, most} {
		if n <= most {
			list = append(list, given(t, n))
		}
	}
	return list
}

func stringsFor(param string) []string {
	long := strings.Repeat("x", 5000)
	list := []string{"file", "dir", "link", "missing", "missing/in", "file/in", "", ".", "..", "dir/in/", "a\x00b",
		"\x00",
		long[:107], long[:108], long[:127], long[:128], long[:255], long[:256], long[:4095], long[:4096], long}
	switch p := strings.ToLower(param); {
	case strings.Contains(p, "attr") || strings.Contains(p, "dest") && !strings.Contains(p, "path"):
		list = append([]string{"user.kern", "trusted.kern", "security.kern"}, list...)
	case strings.Contains(p, "ifname") || strings.Contains(p, "dev"):
		list = append([]string{"lo", "eth0", "sixteen-bytes-lo"}, list...)
	case strings.Contains(p, "fstype"):
		list = append([]string{"tmpfs", "proc", "nofs"}, list...)
	}
	return list
}

// pointers reports whether memory of the type refers to other memory, which the garbage collector must know.
func pointers(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Array:
		return t.Len() > 0 && pointers(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if pointers(t.Field(i).Type) {
				return true
			}
		}
		return false
	case reflect.String, reflect.Slice, reflect.Pointer, reflect.UnsafePointer, reflect.Interface, reflect.Map,
		reflect.Func, reflect.Chan:
		return true
	}
	return false
}

// pointerTo returns a pointer to a copy of v, behind which no memory follows, if it needs none of Go's.
func pointerTo(v reflect.Value) reflect.Value {
	if pointers(v.Type()) {
		p := reflect.New(v.Type())
		p.Elem().Set(v)
		return p
	}
	p := reflect.NewAt(v.Type(), guarded(int(v.Type().Size())))
	p.Elem().Set(v)
	return p
}

// filled are values of a type: zero, all ones, all bits, and times at their bounds.
func filled(t reflect.Type) []candidate {
	list := []candidate{{label: "zero", make: func() reflect.Value { return reflect.Zero(t) }}}
	if t == reflect.TypeFor[time.Time]() {
		for _, sec := range []int64{0, 1, -1, math.MaxInt32, math.MaxInt32 + 1, math.MinInt32, math.MinInt32 - 1, 1 << 32,
			1 << 62, math.MaxInt64, math.MinInt64} {
			list = append(list, given(t, time.Unix(sec, 999999999)))
		}
		return list
	}
	list = append(list, candidate{label: "ones", make: func() reflect.Value { return fill(t, 1) }})
	if !pointers(t) {
		list = append(list, candidate{label: "bits", make: func() reflect.Value {
			v := reflect.New(t).Elem()
			for b := range v.Type().Size() {
				*(*byte)(unsafe.Add(v.Addr().UnsafePointer(), b)) = 0xff
			}
			return v
		}}, candidate{label: "most", make: func() reflect.Value { return fill(t, math.MaxInt64) }})
	}
	return append(list, times(t)...)
}

// times are the bounds of a time, if t is one.
func times(t reflect.Type) []candidate {
	if t.Kind() != reflect.Struct || t.NumField() < 2 || t.Field(0).Name != "Sec" ||
		!strings.HasSuffix(t.Field(1).Name, "sec") {
		return nil
	}
	var list []candidate
	for _, c := range [][2]int64{
		{1, 0}, {-1, 0}, {0, -1}, {5, -1}, {0, 999999}, {0, 1e6}, {5, 2500000}, {0, 999999999}, {0, 1e9},
		{5, 1e9 + 1}, {-5, 5}, {math.MaxInt32, 999999}, {math.MinInt32, 0},
		{1 << 31, 0}, {1 << 40, 0}, {9223372036, 854775}, {9223372036, 854776}, {9223372037, 0},
		{18446744073, 0}, {1 << 62, 0}, {math.MaxInt64, 0},
		{math.MaxInt64, 999999}, {math.MaxInt64, 1e6}, {math.MinInt64, 0}, {math.MinInt64, -1}, {0, math.MaxInt32},
		{0, 1 << 61}, {0, 1 << 62}, {0, math.MaxInt64}, {0, math.MinInt64},
	} {
		sec, part := t.Field(0).Type, t.Field(1).Type
		if !fits(c[0], sec) || !fits(c[1], part) {
			continue
		}
		list = append(list, candidate{label: fmt.Sprintf("{%d %d}", c[0], c[1]), make: func() reflect.Value {
			v := reflect.New(t).Elem()
			v.Field(0).SetInt(c[0])
			v.Field(1).SetInt(c[1])
			return v
		}})
	}
	return list
}

// fill returns a value whose numbers are n, or the largest that fit.
func fill(t reflect.Type, n int64) reflect.Value {
	v := reflect.New(t).Elem()
	fillIn(v, n)
	return v
}

func fillIn(v reflect.Value, n int64) {
	switch v.Kind() {
	case reflect.Bool:
		if v.CanSet() {
			v.SetBool(true)
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if v.CanSet() {
			v.SetInt(min(n, math.MaxInt64>>(64-v.Type().Bits())))
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if v.CanSet() {
			v.SetUint(min(uint64(n), math.MaxUint64>>(64-v.Type().Bits())))
		}
	case reflect.String:
		if v.CanSet() {
			v.SetString("text")
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fillIn(v.Field(i), n)
		}
	case reflect.Array:
		for i := range v.Len() {
			fillIn(v.Index(i), n)
		}
	case reflect.Slice:
		if v.CanSet() && v.Type().Elem().Kind() == reflect.Uint8 {
			v.Set(reflect.MakeSlice(v.Type(), 6, 6))
		}
	}
}

// slicesOf are slices of several lengths, the memory of which ends behind them.
func slicesOf(t reflect.Type) []candidate {
	of := func(label string, n int, each candidate) candidate {
		return candidate{label: label, make: func() reflect.Value {
			var s reflect.Value
			if pointers(t.Elem()) {
				s = reflect.MakeSlice(t, n, n)
			} else {
				s = reflect.SliceAt(t.Elem(), guarded(n*int(t.Elem().Size())), n).Convert(t)
			}
			for i := range n {
				s.Index(i).Set(each.make())
			}
			return s
		}}
	}
	zero := candidate{label: "zero", make: func() reflect.Value { return reflect.Zero(t.Elem()) }}
	isNil := candidate{label: "nil", make: func() reflect.Value { return reflect.Zero(t) }}
	if t.Elem().Kind() == reflect.Uint8 {
		ff := candidate{label: "", make: func() reflect.Value { return reflect.ValueOf(byte(0xff)).Convert(t.Elem()) }}
		list := []candidate{of("[64]", 64, zero), isNil, of("[0]", 0, zero)}
		for _, n := range []int{1, 2, 3, 4, 7, 8, 15, 16, 17, 24, 100, pageSize, 2 * pageSize} {
			list = append(list, of("["+strconv.Itoa(n)+"]", n, zero))
		}
		return append(list, of("[8]ff", 8, ff), of("[64]ff", 64, ff))
	}
	list := []candidate{of("[2]zero", 2, zero), isNil, of("[0]", 0, zero), of("[1]zero", 1, zero), of("[3]zero", 3, zero)}
	for _, each := range candidatesOfElement(t.Elem()) {
		list = append(list, of("[1]"+each.label, 1, each), of("[2]"+each.label, 2, each))
	}
	return list
}

func candidatesOfElement(t reflect.Type) []candidate {
	switch t.Kind() {
	case reflect.Int, reflect.Int32:
		return []candidate{given(t, int64(1)), given(t, int64(-1)), given(t, int64(fdFile)), given(t, int64(math.MaxInt32))}
	case reflect.String:
		return []candidate{given(t, "text"), given(t, "a\x00b"), given(t, "\x00")}
	case reflect.Slice:
		return slicesOf(t)[:4]
	case reflect.Struct:
		return filled(t)[1:]
	}
	return nil
}

// addresses are addresses of sockets of every type.
func addresses(t reflect.Type) []candidate {
	list := []candidate{{label: "nil", make: func() reflect.Value { return reflect.Zero(t) }}}
	long := strings.Repeat("x", 200)
	for _, sa := range sockaddrs {
		st := reflect.TypeOf(sa).Elem()
		if !reflect.PointerTo(st).Implements(t) {
			continue
		}
		for _, c := range filled(st) {
			if c.label == "bits" && pointers(st) {
				continue
			}
			list = append(list, candidate{label: st.Name() + " " + c.label, make: func() reflect.Value {
				p := reflect.New(st)
				p.Elem().Set(c.make())
				return p
			}})
		}
		for i := range st.NumField() {
			if st.Field(i).Type.Kind() != reflect.String || !st.Field(i).IsExported() {
				continue
			}
			for _, s := range []string{"@", "@@", "@a", "@\x00", "\x00", "\x00\x00", "\x00a\x00b", "a\x00b",
				"file", "dir/sock", "lo", long[:8], long[:9], long[:13], long[:14], long[:15], long[:16], long[:63], long[:64],
				long[:106], long[:107], long[:108], "@" + long[:105], "@" + long[:106], "@" + long[:107],
				"\x00" + long[:106], "\x00" + long[:107], long} {
				list = append(list, candidate{label: fmt.Sprintf("%s %s %q", st.Name(), st.Field(i).Name, s),
					make: func() reflect.Value {
						p := reflect.New(st)
						p.Elem().Field(i).SetString(s)
						return p
					}})
			}
		}
	}
	return list
}
