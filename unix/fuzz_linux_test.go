package unix_test

import (
	"bytes"
	"testing"
	"unsafe"

	"kern.sys/unix"
)

// exact returns b with nothing behind it: a read past the end is a panic, not a look at other bytes.
func exact(b []byte) []byte { return bytes.Clone(b)[:len(b):len(b)] }

func FuzzParseDirent(f *testing.F) {
	fd, err := unix.Open("/proc/self", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	ok(f, err)
	buf := make([]byte, 4096)
	n, err := unix.ReadDirent(fd, buf)
	ok(f, err)
	ok(f, unix.Close(fd))
	f.Add(buf[:n], -1)
	f.Add(buf[:n-3], 2)
	f.Add(buf[:30], 1)
	f.Add([]byte{}, 0)
	f.Fuzz(func(t *testing.T, b []byte, max int) {
		used, count, names := unix.ParseDirent(exact(b), max, nil)
		if used < 0 || used > len(b) || count != len(names) || max >= 0 && count > max {
			t.Fatalf("%d of %d bytes, count %d, max %d, names %q", used, len(b), count, max, names)
		}
		if max != 0 && used == 0 && len(b) > 0 {
			t.Fatal("a loop would not end")
		}
	})
}

func FuzzControlMessages(f *testing.F) {
	f.Add(unix.UnixRights(1, 2, 3))
	f.Add(append(unix.UnixRights(7), unix.UnixCredentials(&unix.Ucred{Pid: 1})...))
	f.Add(unix.PktInfo6(&unix.Inet6Pktinfo{}))
	f.Add(make([]byte, unix.CmsgLen(0)))
	f.Fuzz(func(t *testing.T, b []byte) {
		b = exact(b)
		msgs, err := unix.ParseSocketControlMessage(b)
		if err != nil && err != unix.EINVAL {
			t.Fatal(err)
		}
		total := 0
		for _, m := range msgs {
			total += unix.CmsgLen(len(m.Data))
			_, _ = unix.ParseUnixRights(&m)
			_, _ = unix.ParseUnixCredentials(&m)
			_, _ = unix.ParseOrigDstAddr(&m)
		}
		if total > len(b) {
			t.Fatalf("%d bytes of messages in %d", total, len(b))
		}
		// Whatever is at an odd address reads the same.
		odd := append(make([]byte, 1, len(b)+1), b...)[1:]
		again, err2 := unix.ParseSocketControlMessage(odd)
		if len(again) != len(msgs) || (err == nil) != (err2 == nil) {
			t.Fatalf("%v, %v; at an odd address %v, %v", msgs, err, again, err2)
		}
	})
}

func FuzzSockaddr(f *testing.F) {
	for _, sa := range []unix.Sockaddr{
		&unix.SockaddrInet4{Port: 80}, &unix.SockaddrInet6{Port: 80}, &unix.SockaddrUnix{Name: "@a"}, &unix.SockaddrUnix{Name: "/a"},
		&unix.SockaddrNetlink{Pid: 1}, &unix.SockaddrLinklayer{Ifindex: 1}, &unix.SockaddrVM{CID: 1}, &unix.SockaddrXDP{Ifindex: 1},
		&unix.SockaddrTIPC{Addr: &unix.TIPCServiceName{}}, &unix.SockaddrPPPoE{Remote: make([]byte, 6), Dev: "a"}, &unix.SockaddrIUCV{Name: "a"},
	} {
		raw, err := unix.RawBytes(sa)
		ok(f, err)
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
		ok(t, err)
		defer unix.Close(fd)
		var rsa unix.RawSockaddrAny
		copy(unsafe.Slice((*byte)(unsafe.Pointer(&rsa)), unsafe.Sizeof(rsa)), b)
		sa, err := unix.DecodeAny(fd, &rsa)
		if err != nil {
			return
		}
		raw, err := unix.RawBytes(sa)
		if err != nil {
			return // as an interface index below zero
		}
		var again unix.RawSockaddrAny
		copy(unsafe.Slice((*byte)(unsafe.Pointer(&again)), unsafe.Sizeof(again)), raw)
		sa2, err := unix.DecodeAny(fd, &again)
		ok(t, err)
		raw2, err := unix.RawBytes(sa2)
		if err != nil || !bytes.Equal(raw, raw2) {
			t.Fatalf("%#v\n%x\n%x, %v", sa, raw, raw2, err)
		}
	})
}

func FuzzStatmount(f *testing.F) {
	for mask := uint64(1); mask <= unix.STATMOUNT_MNT_GIDMAP; mask <<= 1 {
		req := unix.MntIdReq{Size: unix.SizeofMntIdReq, Param: mask | mask>>1}
		var st unix.Statx_t
		ok(f, unix.Statx(unix.AT_FDCWD, "/", 0, unix.STATX_MNT_ID_UNIQUE, &st))
		req.Id = st.Mnt_id
		buf := make([]byte, 2048)
		if unix.Statmount(&req, buf, 0) == nil { // Linux 6.8
			f.Add(buf[:(*unix.Statmount_t)(unsafe.Pointer(&buf[0])).Size])
		}
	}
	head := unix.Statmount_t{Size: unix.SizeofStatmount_t + 4, Mask: ^uint64(0), Opt_num: 1 << 31}
	f.Add(append(bytes.Clone(unsafe.Slice((*byte)(unsafe.Pointer(&head)), unix.SizeofStatmount_t)), "\x00a\x00b"...))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := unix.ParseStatmount(exact(b))
		if err != nil {
			if err != unix.EINVAL || m != nil {
				t.Fatal(m, err)
			}
			return
		}
		if len(b) < int(m.Size) || len(m.FsType) > len(b) || len(m.Options) > len(b) || len(m.UIDMap) > len(b) {
			t.Fatalf("%d bytes give %+v", len(b), m)
		}
	})
}

func FuzzLsmCtx(f *testing.F) {
	one := lsmCtx(unix.LsmCtx{Id: unix.LSM_ID_SMACK, Len: 40, Ctx_len: 3}, "ab\x00", 5)
	f.Add(one, 1)
	f.Add(append(one, lsmCtx(unix.LsmCtx{Len: 32}, "", 0)...), 2)
	f.Add(one[:33], 1<<30)
	f.Fuzz(func(t *testing.T, b []byte, n int) {
		got, err := unix.ParseLsmCtx(exact(b), n)
		if err != nil && err != unix.EINVAL {
			t.Fatal(err)
		}
		total := 0
		for _, c := range got {
			total += unix.SizeofLsmCtx + len(c.Value)
		}
		if err == nil && len(got) != max(n, 0) || total > len(b) {
			t.Fatalf("%d bytes in %d, %d of %d attributes", total, len(b), len(got), n)
		}
	})
}
