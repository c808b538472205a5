module kern.sys

go 1.26
