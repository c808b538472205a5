package unix

// Accept is accept(2). [Accept4] with SOCK_CLOEXEC leaves no moment for a fork to inherit the descriptor.
func Accept(fd int) (nfd int, sa Sockaddr, err error) { return Accept4(fd, 0) }

// Accept4 is accept4(2).
func Accept4(fd int, flags int) (nfd int, sa Sockaddr, err error) {
	var rsa RawSockaddrAny
	size := uint32(SizeofSockaddrAny)
	nfd, err = accept4(fd, &rsa, &size, flags)
	if err != nil {
		return -1, nil, err
	}
	if size == 0 { // the peer went away before
		return nfd, nil, nil
	}
	sa, err = decodeAny(fd, &rsa)
	if err != nil {
		_ = Close(nfd)
		return -1, nil, err
	}
	return nfd, sa, nil
}
