//go:build dragonfly || freebsd || illumos || openbsd

package unix

// Accept4 is accept4(2): with SOCK_CLOEXEC it leaves no moment for a fork to inherit the descriptor.
func Accept4(fd int, flags int) (nfd int, sa Sockaddr, err error) {
	var rsa RawSockaddrAny
	size := uint32(SizeofSockaddrAny)
	nfd, err = accept4(fd, &rsa, &size, flags)
	return accepted(nfd, &rsa, size, err)
}
