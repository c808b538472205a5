package unix_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"kern.sys/internal/nstest"
	"kern.sys/unix"
)

func TestLsmModules(t *testing.T) {
	ids, err := unix.LsmListModules()
	need(t, "lsm_list_modules", "6.8", err)
	if !slices.Contains(ids, unix.LSM_ID_CAPABILITY) {
		t.Errorf("no capabilities among %d", ids)
	}
}

func TestLsmSelfAttr(t *testing.T) {
	_, err := unix.LsmGetSelfAttr(unix.LSM_ATTR_UNDEF, 0)
	if err != unix.EINVAL {
		need(t, "lsm_get_self_attr", "6.8", err)
		t.Error("no attribute: no error")
	}
	all, err := unix.LsmGetSelfAttr(unix.LSM_ATTR_CURRENT, unix.LSM_ID_UNDEF)
	if err != nil && err != unix.EOPNOTSUPP {
		t.Error(err)
	}
	for _, c := range all {
		own, err := os.ReadFile("/proc/thread-self/attr/current")
		one, err2 := unix.LsmGetSelfAttr(unix.LSM_ATTR_CURRENT, c.ID)
		if err2 != nil || len(one) != 1 || !bytes.Equal(one[0].Value, c.Value) {
			t.Errorf("of module %d alone %v, %v; of all %q", c.ID, one, err2, c.Value)
		}
		if text := strings.TrimRight(string(c.Value), "\n\x00"); err == nil && len(all) == 1 &&
			text != strings.TrimRight(string(own), "\n\x00") {
			t.Errorf("%q, /proc has %q", text, own)
		}
	}
	_, err = unix.LsmGetSelfAttr(unix.LSM_ATTR_CURRENT, 1)
	fails(t, err, unix.EOPNOTSUPP)
	fails(t, unix.LsmSetSelfAttr(unix.LSM_ATTR_CURRENT, unix.LsmContext{ID: 1, Value: []byte("x\x00")}, 0),
		unix.EOPNOTSUPP)
	fails(t, unix.LsmSetSelfAttr(unix.LSM_ATTR_CURRENT, unix.LsmContext{ID: unix.LSM_ID_APPARMOR}, 1), unix.EINVAL)
	fails(t, unix.LsmSetSelfAttr(unix.LSM_ATTR_CURRENT,
		unix.LsmContext{ID: unix.LSM_ID_APPARMOR, Value: make([]byte, 1<<20)}, 0), unix.E2BIG)
}

// lsmCtx is an attribute as the kernel stores it.
func lsmCtx(c unix.LsmCtx, value string, pad int) []byte {
	return append(append(bytes.Clone(unsafe.Slice((*byte)(ptr(&c)), unsafe.Sizeof(c))), value...), make([]byte, pad)...)
}

func TestParseLsmCtx(t *testing.T) {
	two := append(lsmCtx(unix.LsmCtx{Id: unix.LSM_ID_SMACK, Len: 40, Ctx_len: 3}, "ab\x00", 5),
		lsmCtx(unix.LsmCtx{Id: unix.LSM_ID_APPARMOR, Flags: 7, Len: 32}, "", 0)...)
	got, err := unix.ParseLsmCtx(two, 2)
	ok(t, err)
	if len(got) != 2 || got[0].ID != unix.LSM_ID_SMACK || string(got[0].Value) != "ab\x00" || got[1].Flags != 7 ||
		len(got[1].Value) != 0 {
		t.Errorf("%+v", got)
	}
	for name, c := range map[string]struct {
		n int
		b []byte
	}{
		"the second one cut":          {2, two[:len(two)-1]},
		"one fewer":                   {3, two},
		"a value longer than its Len": {1, lsmCtx(unix.LsmCtx{Len: 32, Ctx_len: 1}, "xxxx", 0)},
		"a Len too short":             {1, lsmCtx(unix.LsmCtx{Len: 31}, "", 8)},
		"a Len of everything":         {1, lsmCtx(unix.LsmCtx{Len: 1<<64 - 1, Ctx_len: 1 << 63}, "", 8)},
	} {
		if _, err := unix.ParseLsmCtx(ending(t, c.b), c.n); err != unix.EINVAL {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKexecLoad(t *testing.T) {
	var err error
	withoutCapabilities(t, func() { err = unix.KexecLoad(0, []unix.KexecSegment{{}}, 0) })
	if err != unix.EPERM {
		nstest.NeedOption(t, "CONFIG_KEXEC", "", err)
		t.Error("an ordinary user: no error")
	}
}

func TestVhangup(t *testing.T) {
	var err error
	withoutCapabilities(t, func() { err = unix.Vhangup() })
	fails(t, err, unix.EPERM)
}

// bpfArray makes an array of two uint64, by uint32.
func bpfArray(t *testing.T) int {
	t.Helper()
	attr := unix.BpfMapCreateAttr{Map_type: unix.BPF_MAP_TYPE_ARRAY, Key_size: 4, Value_size: 8, Max_entries: 2}
	copy(attr.Map_name[:], "kern_test")
	fd, err := unix.Bpf(unix.BPF_MAP_CREATE, ptr(&attr), unsafe.Sizeof(attr))
	if err == unix.EPERM && !capable(t, unix.CAP_BPF) {
		t.Skip("feature bpf: not for ordinary users here")
	}
	need(t, "bpf", "5.3", err)
	t.Cleanup(func() { ok(t, unix.Close(fd)) })
	return fd
}

func bytePtr[T any](p *T) unix.Pointer64 {
	var p64 unix.Pointer64
	p64.Ptr = (*byte)(unsafe.Pointer(p))
	return p64
}

func TestBpfMap(t *testing.T) {
	fd := bpfArray(t)
	do := func(cmd int, key uint32, value *uint64) error {
		elem := unix.BpfMapElemAttr{Map_fd: uint32(fd), Key: bytePtr(&key), Value: bytePtr(value)}
		_, err := unix.Bpf(cmd, ptr(&elem), unsafe.Sizeof(elem))
		return err
	}
	in, out := uint64(0x0123456789abcdef), uint64(0)
	ok(t, do(unix.BPF_MAP_UPDATE_ELEM, 1, &in))
	ok(t, do(unix.BPF_MAP_LOOKUP_ELEM, 1, &out))
	if out != in {
		t.Errorf("stored %#x, found %#x", in, out)
	}
	fails(t, do(unix.BPF_MAP_LOOKUP_ELEM, 2, &out), unix.ENOENT)
	fails(t, do(unix.BPF_MAP_UPDATE_ELEM, 2, &in), unix.E2BIG)
	var info unix.BpfMapInfo
	attr := unix.BpfInfoAttr{Bpf_fd: uint32(fd), Info_len: uint32(unsafe.Sizeof(info)), Info: bytePtr(&info)}
	_, err := unix.Bpf(unix.BPF_OBJ_GET_INFO_BY_FD, ptr(&attr), unsafe.Sizeof(attr))
	ok(t, err)
	if info.Max_entries != 2 || info.Value_size != 8 || !strings.HasPrefix(string(info.Name[:]), "kern_test\x00") {
		t.Errorf("%+v", info)
	}
	_, err = unix.Bpf(unix.BPF_OBJ_GET_INFO_BY_FD, ptr(&attr), 1<<20)
	fails(t, err, unix.E2BIG)
}

func TestBpfProgram(t *testing.T) {
	bpfArray(t) // whether it may
	insns := []unix.BpfInsn{
		{Code: unix.BPF_ALU64 | unix.BPF_MOV | unix.BPF_K, Imm: 40},
		{Code: unix.BPF_ALU64 | unix.BPF_MOV | unix.BPF_K, Imm: 2},
		{Code: unix.BPF_ALU64 | unix.BPF_ADD | unix.BPF_X},
		{Code: unix.BPF_JMP | unix.BPF_EXIT},
	}
	insns[1].SetRegs(7, 0)
	insns[2].SetRegs(0, 7)
	license, err := unix.BytePtrFromString("GPL")
	ok(t, err)
	load := unix.BpfProgLoadAttr{Prog_type: unix.BPF_PROG_TYPE_SOCKET_FILTER, Insn_cnt: uint32(len(insns)),
		Insns: bytePtr(&insns[0]), License: bytePtr(license)}
	fd, err := unix.Bpf(unix.BPF_PROG_LOAD, ptr(&load), unsafe.Sizeof(load))
	ok(t, err)
	defer unix.Close(fd)
	packet := make([]byte, 64)
	run := unix.BpfTestRunAttr{Prog_fd: uint32(fd), Data_in: bytePtr(&packet[0]), Data_size_in: 64}
	_, err = unix.Bpf(unix.BPF_PROG_TEST_RUN, ptr(&run), unsafe.Sizeof(run))
	ok(t, err)
	if run.Retval != 42 {
		t.Errorf("40 + 2 is %d", run.Retval)
	}

	log := make([]byte, 4096)
	insns[2].SetRegs(0, 6) // which was never written
	load.Log_level, load.Log_buf, load.Log_size = 1, bytePtr(&log[0]), uint32(len(log))
	err = verified(func() error {
		_, err := unix.Bpf(unix.BPF_PROG_LOAD, ptr(&load), unsafe.Sizeof(load))
		return err
	})
	fails(t, err, unix.EACCES)
	if !bytes.Contains(log, []byte("R6 !read_ok")) {
		t.Errorf("%s", log)
	}
}

// verified loads a program until no signal, such as those of the runtime, comes while the kernel verifies it.
func verified(load func() error) error {
	for {
		if err := load(); err != unix.EAGAIN {
			return err
		}
	}
}

func TestBpfCommon(t *testing.T) {
	bpfArray(t) // whether it may
	insns := []unix.BpfInsn{{Code: unix.BPF_ALU64 | unix.BPF_MOV | unix.BPF_X}, {Code: unix.BPF_JMP | unix.BPF_EXIT}}
	insns[0].SetRegs(0, 6) // which was never written
	license, err := unix.BytePtrFromString("GPL")
	ok(t, err)
	load := unix.BpfProgLoadAttr{Prog_type: unix.BPF_PROG_TYPE_SOCKET_FILTER, Insn_cnt: uint32(len(insns)),
		Insns: bytePtr(&insns[0]), License: bytePtr(license)}
	log := make([]byte, 4096)
	common := unix.BpfCommonAttr{Log_level: 1, Log_buf: bytePtr(&log[0]), Log_size: uint32(len(log))}
	err = verified(func() error {
		_, err := unix.BpfCommon(unix.BPF_PROG_LOAD, ptr(&load), unsafe.Sizeof(load), &common)
		return err
	})
	if err == unix.EINVAL {
		need(t, "BPF_COMMON_ATTRS", "7.3", err)
	}
	fails(t, err, unix.EACCES)
	if !bytes.Contains(log, []byte("R6 !read_ok")) {
		t.Errorf("%s", log)
	}
}
