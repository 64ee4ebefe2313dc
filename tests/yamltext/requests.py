"""Random edits of a tree that are valid by what `editor.edit` promises, and what each may touch."""

from typing import NamedTuple

from hypothesis import strategies as st

from gitseal.yamltext import scalars
from gitseal.yamltext.editor import Put
from gitseal.yamltext.tree import NamePath, NodeKind, Tree

# New names with comments have a test of their own: which lines above a name are its own, the law could not tell.
_comments = st.just(())
PUTS = st.one_of(
    st.builds(
        Put,
        st.sampled_from(["ENC[v1,s,default:k1,AA==]", "ENC[v1,w,pay:k2,BB==]"]),
        own_line=st.just(value=True),
        comments=_comments,
        rank=st.integers(0, 2),
        below=_comments,
    ),
    st.builds(
        Put,
        st.sampled_from(["info", '"a # b"', "'it''s'", "1", "null", "a:b", '"\\n"']),
        st.booleans(),
        st.booleans(),
        comments=_comments,
        rank=st.integers(0, 2),
        below=_comments,
    ),
)
_parts = st.sampled_from(["A", "B", "C", "D", "M", "Z", "a", "z", "_", "yes", "N1", "N2"])
_places = st.lists(_parts, min_size=1, max_size=3).map(tuple)


class Request(NamedTuple):
    """The arguments of one edit."""

    puts: dict[NamePath, Put]
    removes: list[NamePath]
    renames: dict[NamePath, NamePath]

    def named(self) -> set[NamePath]:
        """Every name that the edit is about, old and new."""
        return {*self.puts, *self.removes, *self.renames}


def _is_below(path: NamePath, top: NamePath) -> bool:
    return path[: len(top)] == top


def _is_free(tree: Tree, path: NamePath, taken: set[NamePath]) -> bool:
    """Whether a new value can go there: no value in its way, no section at it, apart from all that is edited too."""
    if path in tree.nodes or any(_is_below(path, other) or _is_below(other, path) for other in taken):
        return False
    above = [tree.nodes.get(path[:depth]) for depth in range(1, len(path))]
    return all(node is None or (node.kind is NodeKind.MAPPING and node.children) for node in above)


@st.composite
def requests(draw: st.DrawFn, tree: Tree) -> Request:
    """Puts, removes and renames that do not contradict each other."""
    request = Request({}, [], {})
    taken: set[NamePath] = set()
    values = list(tree.leaves())
    sections = [path for path, node in tree.nodes.items() if node.kind is NodeKind.MAPPING and node.children]
    for path in draw(st.lists(st.sampled_from(values), max_size=4, unique=True)) if values else ():
        form = draw(st.integers(0, 2))
        taken.add(path)
        if form == 0:
            request.puts[path] = draw(PUTS)
        elif form == 1:
            request.removes.append(path)
        else:
            parent = draw(
                st.sampled_from([path[:-1], path[:-1], path[:-1], *(top for top in sections if len(top) < 7)])
            )
            new = (*parent, draw(_parts))
            if _is_free(tree, new, taken):
                request.renames[path] = new
                request.puts[new] = draw(PUTS)
                taken.add(new)
            else:
                request.puts[path] = draw(PUTS)
    for path in draw(st.lists(st.sampled_from(sections), max_size=1)) if sections else ():
        if not any(_is_below(other, path) or _is_below(path, other) for other in taken):
            request.removes.append(path)
            taken.add(path)
    for place in draw(st.lists(_places, max_size=4)):
        path = (*draw(st.sampled_from([(), *(top for top in sections if len(top) < 5)])), *place)
        if _is_free(tree, path, taken):
            request.puts[path] = draw(PUTS)
            taken.add(path)
    return request


def expected(tree: Tree, request: Request) -> dict[NamePath, object]:
    """The values by name after the edit; a section without a name is gone."""
    gone = {*request.removes, *request.renames}
    kept = {path: value for path, value in tree.leaves().items() if not any(_is_below(path, top) for top in gone)}
    return {**kept, **{path: scalars.parse(put.source, 0) for path, put in request.puts.items()}}
