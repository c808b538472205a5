package ss

import (
	"errors"
	"net"
	"os"
	"testing"

	"kern.sys/internal/native"
	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/unix"
)

// sctpSockets are a listener and an association, on a kernel that has SCTP.
func sctpSockets(t *testing.T, keep func(interface{ Close() error }, error)) {
	t.Helper()
	var fds [2]int
	for i := range fds {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, unix.IPPROTO_SCTP)
		if errors.Is(err, unix.EPROTONOSUPPORT) {
			return
		}
		keep(os.NewFile(uintptr(fd), "sctp"), err)
		fds[i] = fd
	}
	at := &unix.SockaddrInet4{Port: 3868, Addr: [4]byte{127, 0, 0, 1}}
	if err := errors.Join(unix.Bind(fds[0], at), unix.Listen(fds[0], 5), unix.Connect(fds[1], at)); err != nil {
		t.Fatal(err)
	}
}

// tlsSockets are a connection that the kernel encrypts, and a listener with a key of TCP.
func tlsSockets(t *testing.T, keep func(interface{ Close() error }, error)) {
	t.Helper()
	c, err := net.Dial("tcp", "127.0.0.1:9000")
	keep(c, err)
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	// struct tls12_crypto_info_aes_gcm_128: version, cipher, iv, key, salt, sequence number.
	info := make([]byte, 40)
	native.PutUint16(info, uapi.TLS_1_2_VERSION)
	native.PutUint16(info[2:], uapi.TLS_CIPHER_AES_GCM_128)
	if control := raw.Control(func(fd uintptr) {
		if err = unix.SetsockoptString(int(fd), unix.SOL_TCP, unix.TCP_ULP, "tls"); err == nil {
			err = unix.SetsockoptString(int(fd), unix.SOL_TLS, uapi.TLS_TX, string(info))
		}
	}); control != nil || err != nil && !errors.Is(err, unix.ENOENT) {
		t.Fatal(control, err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:179")
	keep(l, err)
	if raw, err = l.(*net.TCPListener).SyscallConn(); err != nil {
		t.Fatal(err)
	}
	key := unix.TCPMD5Sig{Flags: unix.TCP_MD5SIG_FLAG_PREFIX, Prefixlen: 8, Keylen: 5}
	key.Addr.Family = unix.AF_INET
	copy(key.Addr.Data[2:], "\x0a")
	copy(key.Key[:], "se ,r")
	if control := raw.Control(func(fd uintptr) {
		err = unix.SetsockoptTCPMD5Sig(int(fd), unix.SOL_TCP, unix.TCP_MD5SIG_EXT, &key)
	}); control != nil || err != nil && !errors.Is(err, unix.ENOPROTOOPT) {
		t.Fatal(control, err)
	}
}

// tipcSockets are a listener, a connection by name and a socket with a name, on a kernel that has TIPC.
func tipcSockets(t *testing.T, keep func(interface{ Close() error }, error)) {
	t.Helper()
	socket := func(typ int) int {
		fd, err := unix.Socket(unix.AF_TIPC, typ|unix.SOCK_CLOEXEC, 0)
		if errors.Is(err, unix.EAFNOSUPPORT) {
			return -1
		}
		keep(os.NewFile(uintptr(fd), "tipc"), err)
		return fd
	}
	nstest.LoadModule(t, "tipc") // which Debian's kernel does not load by itself
	nstest.LoadModule(t, "tipc_diag")
	listener := socket(unix.SOCK_STREAM)
	if listener < 0 {
		return
	}
	named := func(service uint32) unix.Sockaddr {
		return &unix.SockaddrTIPC{Scope: unix.TIPC_NODE_SCOPE,
			Addr: &unix.TIPCServiceRange{Type: service, Lower: 17, Upper: 17}}
	}
	if err := errors.Join(unix.Bind(listener, named(18888)), unix.Listen(listener, 1),
		unix.Bind(socket(unix.SOCK_RDM), named(18889)), unix.Bind(socket(unix.SOCK_SEQPACKET), named(18890))); err != nil {
		t.Fatal(err)
	}
	err := unix.Connect(socket(unix.SOCK_STREAM|unix.SOCK_NONBLOCK),
		&unix.SockaddrTIPC{Addr: &unix.TIPCServiceName{Type: 18888, Instance: 17}})
	if !errors.Is(err, unix.EINPROGRESS) { // a connection is one when it is accepted
		t.Fatal(err)
	}
	fd, _, err := unix.Accept4(listener, unix.SOCK_CLOEXEC)
	keep(os.NewFile(uintptr(fd), "tipc"), err)
}

// vsockSockets are bound and listen, on a kernel that has any.
func vsockSockets(t *testing.T, keep func(interface{ Close() error }, error)) {
	t.Helper()
	for _, at := range []unix.SockaddrVM{{CID: unix.VMADDR_CID_ANY, Port: 1234},
		{CID: unix.VMADDR_CID_LOCAL, Port: 1024}} {
		fd, err := unix.Socket(unix.AF_VSOCK, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if errors.Is(err, unix.EAFNOSUPPORT) {
			return
		}
		keep(os.NewFile(uintptr(fd), "vsock"), err)
		if err := unix.Bind(fd, &at); errors.Is(err, unix.EADDRNOTAVAIL) {
			continue // without the transport
		} else if err != nil {
			t.Fatal(err)
		}
		if err := unix.Listen(fd, 1); err != nil {
			t.Fatal(err)
		}
	}
}
