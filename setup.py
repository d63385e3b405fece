"""Build of the compiled kernels; everything else about the project is in pyproject.toml.

NUMDIFF_BOUNDSCHECK=1 in the environment builds them with index and initialisation checks.

NUMDIFF_SANITIZE=address,undefined in the environment, or whatever else follows gcc's ``-fsanitize=``, builds them with
sanitizers that end the process at the first report. Python itself has none, so the address sanitizer has to be loaded
before it: LD_PRELOAD="$(gcc -print-file-name=libasan.so)"; the stage of .ci/run shows all that is needed.
"""

import os
from glob import glob

import numpy as np
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.egg_info import egg_info

KERNELS = sorted(path.removeprefix("src/").removesuffix(".pyx") for path in glob("src/*.pyx"))
CHECKED = os.environ.get("NUMDIFF_BOUNDSCHECK", "0") not in ("", "0")
SANITIZERS = os.environ.get("NUMDIFF_SANITIZE", "")
DIRECTIVES = {
    "language_level": 3,
    "boundscheck": CHECKED,
    "initializedcheck": CHECKED,
    "wraparound": False,
    "cdivision": True,
    "embedsignature": True,
    "freethreading_compatible": True,
}
MACROS = [("NPY_NO_DEPRECATED_API", "NPY_2_0_API_VERSION")] + [("NUMDIFF_BOUNDSCHECK", "1")] * CHECKED


def extension(name):
    ext = Extension(
        f"numdiff._kernels.{name}",
        [f"src/{name}.pyx"],
        depends=[*glob("src/*.h"), *glob("numdiff/_kernels/*.pxd")],
        include_dirs=[np.get_include()],
        define_macros=MACROS,
    )
    # read by Cython's build_ext: where the .pxd files are found, and that generated C stays out of the sources
    ext.cython_include_dirs = ["."]
    ext.cython_directives = DIRECTIVES
    ext.cython_c_in_temp = True
    # a report of a sanitizer names a line of the sources, and not of generated C
    ext.cython_line_directives = bool(SANITIZERS)
    return ext


class BuildKernels(build_ext):
    def build_extensions(self):
        # never reassociate and never contract a*b + c: a difference quotient is all rounding error
        msvc = self.compiler.compiler_type == "msvc"
        flags = ["/O2", "/fp:precise"] if msvc else ["-O3", "-ffp-contract=off", "-fno-math-errno"]
        sanitize = [f"-fsanitize={SANITIZERS}", "-fno-sanitize-recover=all"] if SANITIZERS else []
        # less optimised, so that a report names all callers; the last -O counts
        legible = ["-O1", "-g", "-fno-omit-frame-pointer"] if SANITIZERS else []
        for ext in self.extensions:
            ext.extra_compile_args = flags + sanitize + legible
            ext.extra_link_args = sanitize
        super().build_extensions()


class SourceList(egg_info):
    def find_sources(self):
        # whoever packages the library wants to test it, and tests need the bank beside them
        super().find_sources()
        kept = [f"benchmarks/results/*.{kind}" for kind in ("json", "md", "png")]
        for pattern in ("tests/**/*.py", "benchmarks/**/*.py", *kept, "docs/**/*.*", "CHANGELOG.md"):
            self.filelist.extend(glob(pattern, recursive=True))


setup(
    ext_modules=[extension(name) for name in KERNELS],
    cmdclass={"build_ext": BuildKernels, "egg_info": SourceList},
)
