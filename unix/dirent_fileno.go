//go:build dragonfly || freebsd || netbsd || openbsd

package unix

import "unsafe"

const direntInode = unsafe.Offsetof(Dirent{}.Fileno)
