"""Build the part of Trailbell that is in C; all else about the package stands in pyproject.toml."""

from glob import glob

from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension(
            "trailbell.engine.bytescan",
            sources=sorted(glob("src/bytescan/*.c")),
            depends=sorted(glob("src/bytescan/*.h")),
            extra_compile_args=["-std=c11", "-O3", "-fvisibility=hidden"],
            # One build serves Python 3.11 and all later versions.
            py_limited_api=True,
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
