// SPDX-License-Identifier: GPL-3.0-or-later
// Sums of products: the part of the compiler that chooses between dense contraction and tuples.
#include "core/methods/tensor_logic/dense/lowering.hpp"
#include "core/methods/tensor_logic/dense/overflow.hpp"
#include "core/methods/tensor_logic/dense/pool.hpp"
#include "core/methods/tensor_logic/dense/product.hpp"

#include <ATen/ATen.h>

#include <algorithm>

namespace vitrine::tl::dense {

namespace {

/// Below this many cells a relation may as well be a matrix.
constexpr double SmallMask = 1 << 12;
/// A gathered row costs about this many multiplications of a matrix product.
constexpr double GatherCost = 8;

bool uses(const Node& node, const std::vector<VarId>& vars) {
    std::set<VarId> mine;
    collectVars(node, mine);
    return std::any_of(vars.begin(), vars.end(), [&](VarId var) { return mine.count(var) != 0; });
}

/// Factors of a product; constants and signs go to the scale.
void flatten(const Node& node, std::vector<const Node*>& factors, double& scale, std::int64_t& integerScale) {
    if (node.kind == Node::Kind::Multiply) {
        for (const Node& operand : node.operands) flatten(operand, factors, scale, integerScale);
    } else if (node.kind == Node::Kind::Negate) {
        scale = -scale;
        integerScale = -integerScale;
        flatten(node.operands[0], factors, scale, integerScale);
    } else if (node.kind == Node::Kind::Constant) {
        scale *= node.isInteger ? static_cast<double>(node.integer) : node.real;
        if (node.isInteger) integerScale *= node.integer;
    } else
        factors.push_back(&node);
}

} // namespace

Op Lowering::sum(const std::vector<VarId>& vars, const Node& body, bool asReal) {
    const bool isInteger = body.isInteger && !asReal;
    switch (body.kind) {
    case Node::Kind::Add: {
        if (vars.empty()) return lower(body, asReal);
        Op result = sum(vars, body.operands[0], !isInteger);
        for (std::size_t k = 1; k < body.operands.size(); ++k)
            result = binary(std::move(result), sum(vars, body.operands[k], !isInteger), isInteger,
                            [](const at::Tensor& x, const at::Tensor& y, Frame& frame) {
                                return frame.isChecked ? addExact(x, y) : x.add(y);
                            });
        return result;
    }
    case Node::Kind::Divide:
        if (!vars.empty() && !uses(body.operands[1], vars)) {
            Op numerator = sum(vars, body.operands[0], true);
            return binary(std::move(numerator), lower(body.operands[1], true), false,
                          [](const at::Tensor& x, const at::Tensor& y, Frame& frame) {
                              if (frame.isChecked && y.eq(0).any().item<bool>()) throw Suspect{};
                              return x.div(y);
                          });
        }
        break;
    case Node::Kind::Sum: {
        std::vector<VarId> all = vars;
        all.insert(all.end(), body.sumVars.begin(), body.sumVars.end());
        return sum(all, body.operands[0], asReal);
    }
    default:
        break;
    }
    std::vector<const Node*> factors;
    double scale = 1;
    std::int64_t integerScale = 1;
    flatten(body, factors, scale, integerScale);
    for (const VarId var : vars) { // a summed index that no factor has counts its values
        const bool isUsed =
            std::any_of(factors.begin(), factors.end(), [&](const Node* factor) { return uses(*factor, {var}); });
        if (isUsed || m_vars[var].kind != VarState::Kind::Free) continue;
        scale *= static_cast<double>(m_vars[var].size);
        integerScale *= m_vars[var].size;
    }
    if (factors.empty()) {
        Node number;
        number.isInteger = isInteger;
        number.integer = integerScale;
        number.real = scale;
        return constant(number, asReal);
    }
    Op result = sumProduct(vars, factors, 1, !isInteger);
    return scaled(std::move(result), scale, integerScale);
}

std::optional<std::size_t> Lowering::chooseTuples(const std::vector<const Node*>& factors,
                                                  const std::vector<VarId>& vars) {
    if (!m_surroundings.keepsTuples) return std::nullopt;
    std::optional<std::size_t> best;
    double bestCells = SmallMask;
    for (std::size_t k = 0; k < factors.size(); ++k) {
        const Node& factor = *factors[k];
        if (factor.kind != Node::Kind::Tensor || !m_store.isSparse(factor.tensor)) continue;
        double cells = 1;
        for (const std::int64_t size : m_store.shapeOf(factor.tensor)) cells *= static_cast<double>(size);
        const double rows = static_cast<double>(m_store.rows(factor.tensor));
        if (cells < bestCells || (rows * GatherCost > cells && cells < m_surroundings.maxCells)) continue;
        best = k;
        bestCells = cells;
    }
    static_cast<void>(vars);
    return best;
}

Op Lowering::sumProduct(const std::vector<VarId>& vars, const std::vector<const Node*>& factors, double, bool asReal) {
    if (const std::optional<std::size_t> chosen = chooseTuples(factors, vars)) {
        Op result = sumTuples(vars, factors, *chosen, asReal);
        if (result.run) return result;
    }
    std::vector<Op> operands;
    bool isConstant = true;
    for (const Node* factor : factors) {
        operands.push_back(lower(*factor, asReal));
        isConstant = isConstant && operands.back().isConstant;
    }
    std::vector<Label> summed, output;
    for (const VarId var : vars) summed.push_back(m_vars[var].label);
    for (const Op& op : operands)
        for (const Label label : op.labels)
            if (!contains(summed, label) && !contains(output, label)) output.push_back(label);
    for (Op& op : operands) op = hoisted(std::move(op), isConstant);
    const ContractionNote note = noteOf(factors, NoId);
    return contract(std::move(operands), output, m_desired, m_surroundings.maxCells, m_equation.range,
                    m_surroundings.contractions != nullptr ? &note : nullptr);
}

ContractionNote Lowering::noteOf(const std::vector<const Node*>& factors, TensorId tuples) const {
    ContractionNote note;
    if (m_surroundings.contractions == nullptr) return note;
    const Program& program = m_store.program();
    note.list = m_surroundings.contractions;
    note.tuples = tuples;
    const std::string_view text = program.source.text();
    for (const Node* factor : factors) {
        const std::size_t begin = std::min<std::size_t>(factor->range.begin, text.size());
        note.texts.emplace_back(text.substr(begin, std::max(factor->range.end, factor->range.begin) - begin));
    }
    if (tuples != NoId) note.texts.push_back(program.tensors[tuples].name);
    note.nameOf = [this](Label label) {
        if (label < m_equation.vars.size() && !m_equation.vars[label].isAnonymous) return m_equation.vars[label].name;
        return label < m_equation.vars.size() ? std::string("_") : std::string("tuple");
    };
    return note;
}

std::optional<Lowering::Mapping> Lowering::mapTuples(const Node& atom) {
    std::vector<TupleList::Filter> filters;
    Mapping mapping;
    for (std::size_t k = 0; k < atom.index.size(); ++k) {
        const IndexTerm& term = atom.index[k];
        if (term.kind == IndexTerm::Kind::Constant) {
            filters.push_back({TupleList::Filter::Kind::Constant, k, term.offset, 0});
            continue;
        }
        if (!term.isPlain() || m_vars[term.var].kind == VarState::Kind::Mapped) return std::nullopt;
        const VarState& state = m_vars[term.var];
        if (state.kind == VarState::Kind::Loop) {
            filters.push_back({TupleList::Filter::Kind::Loop, k, state.shift, 0});
            continue;
        }
        const auto before = std::find_if(mapping.saved.begin(), mapping.saved.end(),
                                         [&](const auto& entry) { return entry.first == term.var; });
        if (before != mapping.saved.end()) {
            const std::size_t other = mapping.columns[static_cast<std::size_t>(before - mapping.saved.begin())];
            filters.push_back({TupleList::Filter::Kind::Same, k, static_cast<std::int64_t>(other), 0});
            continue;
        }
        const std::int64_t size = m_store.sizeOf(m_store.program().tensors[atom.tensor].axes[k]);
        if (state.low != 0 || state.size != size)
            filters.push_back({TupleList::Filter::Kind::Range, k, state.low, state.low + state.size});
        mapping.saved.emplace_back(term.var, state);
        mapping.columns.push_back(k);
    }
    mapping.tuples = std::make_shared<TupleList>(atom.tensor, std::move(filters));
    mapping.axis = m_nextLabel++;
    Frame frame{m_store, 0, false, {}};
    mapping.rows = mapping.tuples->followsLoop() ? m_store.rows(atom.tensor) : mapping.tuples->get(frame).rows;
    for (std::size_t k = 0; k < mapping.saved.size(); ++k) {
        VarState& state = m_vars[mapping.saved[k].first];
        state.kind = VarState::Kind::Mapped;
        state.label = mapping.axis;
        state.size = mapping.rows;
        state.tuples = mapping.tuples;
        state.column = mapping.columns[k];
    }
    return mapping;
}

void Lowering::restore(const Mapping& mapping) {
    for (const auto& [var, state] : mapping.saved) m_vars[var] = state;
}

std::function<at::Tensor(Frame&)> Lowering::positions(const Mapping& mapping,
                                                      const std::vector<std::size_t>& kept) const {
    struct Part {
        std::size_t column;
        std::int64_t low, stride;
    };
    std::vector<Part> parts;
    std::int64_t stride = 1;
    for (std::size_t k = kept.size(); k-- > 0;) {
        const VarState& state = mapping.saved[kept[k]].second;
        parts.push_back({mapping.columns[kept[k]], state.low, stride});
        stride *= state.size;
    }
    return [tuples = mapping.tuples, parts](Frame& frame) {
        const Coo& coo = tuples->get(frame);
        at::Tensor index;
        for (const Part& part : parts) {
            at::Tensor column = coo.positions[part.column];
            if (part.low != 0) column = column.sub(part.low);
            if (!index.defined())
                index = part.stride == 1 ? column : column.mul(part.stride);
            else
                index = index.add(column, part.stride);
        }
        return index;
    };
}

bool Lowering::isLookup(const Mapping& mapping, const std::vector<std::size_t>& kept) const {
    const Slot& slot = m_store.slot(mapping.tuples->relation());
    if (mapping.tuples->followsLoop()) return false;
    std::int64_t cells = 1;
    for (const std::size_t k : kept) cells *= mapping.saved[k].second.size;
    if (mapping.rows != cells) return false;
    Frame frame{m_store, 0, false, {}};
    if (!slot.allRows) {
        const at::Tensor rows = positions(mapping, kept)(frame);
        return at::equal(rows, at::arange(cells, rows.options()));
    }
    // A minibatch: it must hold for every batch, so for all rows, with the batch's column first.
    if (mapping.tuples->isFiltered() || static_cast<int>(mapping.columns[kept[0]]) != slot.batchColumn) return false;
    at::Tensor index;
    std::int64_t all = slot.allSize;
    for (const std::size_t k : kept) {
        const at::Tensor& column = slot.allRows->positions[mapping.columns[k]];
        const std::int64_t size = mapping.saved[k].second.size;
        if (!index.defined())
            index = column;
        else {
            index = index.mul(size).add(column);
            all *= size;
        }
    }
    return index.numel() == all && at::equal(index, at::arange(all, index.options()));
}

Op Lowering::onesAlong(const Mapping& mapping, bool asReal) const {
    Op op;
    op.labels = {mapping.axis};
    op.sizes = {mapping.rows};
    op.isInteger = !asReal;
    op.cost = Cost::of({}, op.cells(), 0);
    op.isConstant = isConstantTensor(mapping.tuples->relation()) && !mapping.tuples->followsLoop();
    const at::ScalarType type = asReal ? m_store.realType() : at::kLong;
    op.run = [tuples = mapping.tuples, type](Frame& frame) {
        const Coo& coo = tuples->get(frame);
        if (coo.values.defined()) return coo.values.to(type);
        return at::ones({coo.rows}, at::TensorOptions(frame.store.device()).dtype(type));
    };
    return op;
}

Op Lowering::sumTuples(const std::vector<VarId>& vars, const std::vector<const Node*>& factors, std::size_t chosen,
                       bool asReal) {
    const std::optional<Mapping> found = mapTuples(*factors[chosen]);
    if (!found) return {};
    const Mapping& mapping = *found;
    const TensorId relation = mapping.tuples->relation();
    std::vector<Op> operands;
    bool hasAxis = false;
    for (std::size_t k = 0; k < factors.size(); ++k) {
        if (k == chosen) continue;
        operands.push_back(lower(*factors[k], asReal));
        hasAxis = hasAxis || contains(operands.back().labels, mapping.axis);
    }
    if (!hasAxis || m_store.slot(relation).counts) operands.push_back(onesAlong(mapping, asReal));
    restore(mapping);

    std::vector<Label> summed, output;
    std::vector<std::size_t> kept;
    for (const VarId var : vars) summed.push_back(m_vars[var].label);
    for (std::size_t k = 0; k < mapping.saved.size(); ++k)
        if (std::find(vars.begin(), vars.end(), mapping.saved[k].first) == vars.end()) kept.push_back(k);
    if (!kept.empty()) output.push_back(mapping.axis);
    for (const Op& op : operands)
        for (const Label label : op.labels)
            if (!contains(summed, label) && !contains(output, label) && label != mapping.axis) output.push_back(label);
    bool isConstant = true;
    for (const Op& op : operands) isConstant = isConstant && op.isConstant;
    for (Op& op : operands) op = hoisted(std::move(op), isConstant);
    std::vector<const Node*> others;
    for (std::size_t k = 0; k < factors.size(); ++k)
        if (k != chosen) others.push_back(factors[k]);
    const ContractionNote note = noteOf(others, relation);
    Op product = contract(std::move(operands), output, output, m_surroundings.maxCells, m_equation.range,
                          m_surroundings.contractions != nullptr ? &note : nullptr);
    product.isConstant = product.isConstant && isConstantTensor(relation) && !mapping.tuples->followsLoop();
    if (kept.empty()) return product;

    // Scatter the tuples' axis to the axes of the kept variables.
    Op result;
    std::vector<std::int64_t> keptSizes;
    std::int64_t keptCells = 1;
    for (const std::size_t k : kept) {
        result.labels.push_back(m_vars[mapping.saved[k].first].label);
        keptSizes.push_back(mapping.saved[k].second.size);
        keptCells *= keptSizes.back();
    }
    result.sizes = keptSizes;
    std::vector<Label> order = {mapping.axis};
    for (std::size_t k = 0; k < product.labels.size(); ++k)
        if (product.labels[k] != mapping.axis) {
            order.push_back(product.labels[k]);
            result.labels.push_back(product.labels[k]);
            result.sizes.push_back(product.sizes[k]);
        }
    result.isInteger = product.isInteger;
    result.isConstant = product.isConstant;
    checkSize(result);
    const auto index = positions(mapping, kept);
    const auto align = aligner(product.labels, order);
    const bool isDirect = isLookup(mapping, kept);
    result.cost = Cost::of({product.cost}, isDirect ? 0 : result.cells(), isDirect ? 0 : product.cells());
    if (isDirect) result.cost.held = product.cost.held;
    result.run = [run = std::move(product.run), align, index, keptSizes, keptCells, isDirect](Frame& frame) {
        const at::Tensor rows = align(run(frame));
        std::vector<std::int64_t> shape = keptSizes;
        const auto rest = rows.sizes().slice(1);
        shape.insert(shape.end(), rest.begin(), rest.end());
        if (isDirect) return rows.reshape(shape);
        return scatterReduce(rows, index(frame), keptCells, ProjectOp::Sum, at::Scalar(std::int64_t{0}),
                             frame.isChecked)
            .reshape(shape);
    };
    return result;
}

} // namespace vitrine::tl::dense
