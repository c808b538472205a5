package unix

import "runtime"

// Ucred is who a process is: user and group ids, and its own.
type Ucred struct {
	handle uintptr // memory of the C library, freed with the Ucred
}

// GetPeerUcred returns who is at the other end of a socket or a STREAMS pipe; see getpeerucred(3C).
func GetPeerUcred(fd uintptr) (*Ucred, error) {
	var handle uintptr // a null pointer has the library allocate
	if err := getpeerucred(fd, &handle); err != nil {
		return nil, err
	}
	return ownUcred(handle), nil
}

// UcredGet returns who a process is; see ucred_get(3C).
func UcredGet(pid int) (*Ucred, error) {
	handle, err := ucredGet(pid)
	if err != nil {
		return nil, err
	}
	return ownUcred(handle), nil
}

func ownUcred(handle uintptr) *Ucred {
	u := &Ucred{handle}
	runtime.AddCleanup(u, ucredFree, handle)
	return u
}

func (u *Ucred) ask(id func(uintptr) int) int {
	defer runtime.KeepAlive(u)
	return id(u.handle)
}

// Geteuid returns the effective user id.
func (u *Ucred) Geteuid() int { return u.ask(ucredGeteuid) }

// Getruid returns the real user id.
func (u *Ucred) Getruid() int { return u.ask(ucredGetruid) }

// Getsuid returns the saved user id.
func (u *Ucred) Getsuid() int { return u.ask(ucredGetsuid) }

// Getegid returns the effective group id.
func (u *Ucred) Getegid() int { return u.ask(ucredGetegid) }

// Getrgid returns the real group id.
func (u *Ucred) Getrgid() int { return u.ask(ucredGetrgid) }

// Getsgid returns the saved group id.
func (u *Ucred) Getsgid() int { return u.ask(ucredGetsgid) }

// Getpid returns the process's id, -1 if it is not known.
func (u *Ucred) Getpid() int { return u.ask(ucredGetpid) }
