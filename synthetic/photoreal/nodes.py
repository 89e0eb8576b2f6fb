"""Node trees of Blender written as expressions: each call adds a node and returns its output."""

from typing import Any


class Tree:
    """Builds the node tree of a material or a world.

    An input is given as a constant, or as the output of another node. Inputs are named as Blender
    names them, or numbered.
    """

    def __init__(self, owner: Any) -> None:
        if not owner.node_tree:
            owner.use_nodes = True
        self._tree = owner.node_tree
        self._tree.nodes.clear()

    def add(
        self, kind: str, inputs: dict[str | int, Any] | None = None, *, out: str | int = 0,
        **settings: Any,
    ) -> Any:  # fmt: skip
        """Add a node.

        Args:
            kind: Blender's class without `ShaderNode`.
            inputs: What its sockets get.
            out: Which output to return.
            **settings: Properties of the node.
        """
        node = self._tree.nodes.new("ShaderNode" + kind)
        for name, value in settings.items():
            setattr(node, name, value)
        for name, value in (inputs or {}).items():
            socket = node.inputs[name]
            if hasattr(value, "is_linked"):
                self._tree.links.new(value, socket)
            elif isinstance(value, tuple) and len(socket.default_value) == len(value) + 1:
                socket.default_value = (*value, 1.0)
            else:
                socket.default_value = value
        return node.outputs[out]

    def attribute(self, name: str, *, scalar: bool = False) -> Any:
        """A geometry attribute as a vector (or colour), or as a number."""
        return self.add("Attribute", out="Fac" if scalar else "Vector", attribute_name=name)

    def math(self, operation: str, *values: Any, clamp: bool = False) -> Any:
        """A number from numbers: `MULTIPLY`, `ADD`, `MAXIMUM` and so on."""
        return self.add("Math", dict(enumerate(values)), operation=operation, use_clamp=clamp)

    def vector(self, operation: str, *values: Any) -> Any:
        """A vector from vectors; `SCALE` takes the number as its second value."""
        inputs: dict[str | int, Any] = dict(enumerate(values))
        if operation == "SCALE":
            inputs = {0: values[0], "Scale": values[1]}
        out = "Value" if operation in {"LENGTH", "DOT_PRODUCT", "DISTANCE"} else "Vector"
        return self.add("VectorMath", inputs, out=out, operation=operation)

    def split(self, vector: Any) -> tuple[Any, Any, Any]:
        """A vector's three numbers."""
        x = self.add("SeparateXYZ", {0: vector})
        return x, x.node.outputs[1], x.node.outputs[2]

    def image(self, image: Any, at: Any, *, extension: str = "REPEAT") -> Any:
        """An image's colour at a place, (0, 0) to (1, 1)."""
        return self.add("TexImage", {"Vector": at}, image=image, extension=extension)

    def ramp(self, value: Any, low: float, high: float) -> Any:
        """0 below `low`, 1 above `high`, smooth between."""
        return self.add(
            "MapRange", {"Value": value, "From Min": low, "From Max": high},
            interpolation_type="SMOOTHSTEP",
        )  # fmt: skip

    def mix(self, share: Any, one: Any, other: Any) -> Any:
        """Colours blended: `one` at share 0."""
        node = self.add("Mix", data_type="RGBA", clamp_factor=True).node
        for index, value in ((0, share), (6, one), (7, other)):
            socket = node.inputs[index]
            if hasattr(value, "is_linked"):
                self._tree.links.new(value, socket)
            else:
                socket.default_value = value if index == 0 else (*value, 1.0)
        return node.outputs[2]

    def finish(self, shader: Any, *, world: bool = False) -> None:
        """Make a shader the tree's result."""
        output = self._tree.nodes.new("ShaderNodeOutputWorld" if world else
                                      "ShaderNodeOutputMaterial")  # fmt: skip
        self._tree.links.new(shader, output.inputs["Surface"])
