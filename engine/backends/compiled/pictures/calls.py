"""Calls of a compiled kernel from another one by its address.

A kernel that is called by its name becomes part of its caller and is compiled once more with it: for `advance` that is
two thirds of the longest compile there is.
"""

from typing import Any, cast

from numba import typeof, types
from numba.extending import intrinsic


def address_of(kernel: Any, *arguments: Any) -> int:
    """Where the machine code for arguments of these types is; it is compiled, or loaded, if it is not there."""
    kinds = tuple(typeof(argument) for argument in arguments)
    kernel.compile(kinds)
    compiled = kernel.overloads[kinds]
    return int(compiled.library.get_pointer_to_function(compiled.fndesc.llvm_func_name))


def _call(result: Any) -> Any:
    """A function (address, arguments) for kernels with this result. arguments: a tuple, of the very types that
    `address_of` was told, but that an array may be read-only here."""

    def call(_: Any, address: Any, arguments: Any) -> Any:
        kinds = [types.unliteral(kind) for kind in arguments.types]

        def generate(context: Any, builder: Any, _: Any, values: Any) -> Any:
            place, packed = values
            converted = [
                context.cast(builder, builder.extract_value(packed, i), kind, wanted)
                for i, (kind, wanted) in enumerate(zip(arguments.types, kinds, strict=True))
            ]
            pointer = builder.inttoptr(place, context.call_conv.get_function_type(result, kinds).as_pointer())
            return context.call_conv.call_function(builder, pointer, result, kinds, converted)[1]

        return result(address, arguments), generate

    return intrinsic(call)


call_for_nothing = cast(Any, _call(types.none))
call_for_number = cast(Any, _call(types.float64))
