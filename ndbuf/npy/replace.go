package npy

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// A replacement is a file that is written beside the one it will replace, and becomes it when it is complete.
type replacement struct {
	file *os.File
	path string // what commit makes of it, no link
	done bool
}

// replace starts the replacement of path, a regular file or none.
//
// Errors: those of the system.
func replace(path string) (*replacement, error) {
	path, err := followLinks(path)
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	mode := fs.FileMode(0o666)
	old, err := os.Stat(path)
	if err == nil {
		mode = old.Mode().Perm()
	}
	r := &replacement{path: path}
	for try := 0; r.file == nil; try++ {
		beside := path + ".tmp" + strconv.Itoa(os.Getpid()) + "-" + strconv.Itoa(try)
		r.file, err = os.OpenFile(beside, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
		if err != nil && !(errors.Is(err, fs.ErrExist) && try < 1000) {
			return nil, fmt.Errorf("npy: %w", err)
		}
	}
	if old != nil {
		if err := setMode(r.file, mode); err != nil {
			r.abandon()
			return nil, fmt.Errorf("npy: %w", err)
		}
	}
	return r, nil
}

// setMode gives a new file the mode that it was made with: the umask takes bits from it. Nothing is set that is already
// so: there are file systems without modes.
func setMode(file *os.File, mode fs.FileMode) error {
	info, err := file.Stat()
	if err != nil || info.Mode().Perm() == mode {
		return err
	}
	return file.Chmod(mode)
}

// maxLinks is how many links lead to a file at most, as on Linux.
const maxLinks = 40

// followLinks returns the path of the file that path leads to, there or not.
func followLinks(path string) (string, error) {
	for range maxLinks {
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return path, nil
		}
		if err != nil {
			return "", err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			return path, nil
		}
		to, err := os.Readlink(path)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(to) {
			// Not filepath.Join: .. after a link to a folder leads elsewhere than its text says.
			folder, _ := filepath.Split(path)
			to = folder + to
		}
		path = to
	}
	return "", &fs.PathError{Op: "open", Path: path, Err: errors.New("too many links")}
}

// commit closes the file and gives it its name.
func (r *replacement) commit() error {
	err := r.file.Close()
	if err == nil {
		err = os.Rename(r.file.Name(), r.path)
	}
	if err != nil {
		return fmt.Errorf("npy: %w", err)
	}
	r.done = true
	return nil
}

// abandon removes the file, unless it was committed.
func (r *replacement) abandon() {
	if !r.done {
		r.file.Close()
		os.Remove(r.file.Name())
	}
}
