//go:build aix || darwin || linux || solaris

package unix

import "unsafe"

const direntInode = unsafe.Offsetof(Dirent{}.Ino)
