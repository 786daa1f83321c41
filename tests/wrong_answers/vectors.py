"""Wrong answers to the code exercises of *Vectors*, and right ones."""

import numpy as np

# --- shadow -----------------------------------------------------------------


def shadow(x, y):
    """Right: by the direction of y."""
    direction = y / np.linalg.norm(y)
    return np.dot(x, direction) * direction


def shadow_once(x, y):
    """Wrong: divides by the length of y only once."""
    return (x @ y) / np.linalg.norm(y) * y


def shadow_undivided(x, y):
    """Wrong: takes y for a vector of length 1."""
    return (x @ y) * y


def shadow_roles(x, y):
    """Wrong: projects y on the line of x."""
    return (x @ y) / (x @ x) * x


def shadow_by_x(x, y):
    """Wrong: divides by the squared length of the wrong vector."""
    return (x @ y) / (x @ x) * y


def shadow_rest(x, y):
    """Wrong: returns what remains."""
    return x - (x @ y) / (y @ y) * y


def shadow_unsigned(x, y):
    """Wrong: loses the sign of the dot product."""
    return abs(x @ y) / (y @ y) * y


def shadow_minus(x, y):
    """Wrong: sign turned around."""
    return -(x @ y) / (y @ y) * y


def shadow_cosine(x, y):
    """Wrong: takes the cosine for the weight."""
    return (x @ y) / (np.linalg.norm(x) * np.linalg.norm(y)) * y


def shadow_entrywise(x, y):
    """Wrong: * where @ was meant."""
    return x * y / (y @ y) * y


def shadow_number(x, y):
    """Wrong: returns the weight."""
    return (x @ y) / (y @ y)


def shadow_in_place(x, y):
    """Wrong: right result, but written into y."""
    y *= (x @ y) / (y @ y)
    return y


# --- squared_distances ------------------------------------------------------


def squared_distances(X, Y):
    """Right: one pair after the other."""
    return np.array([[np.sum((x - y) ** 2) for y in Y] for x in X])


def squares_roots(X, Y):
    """Wrong: takes the root."""
    return np.sqrt(squared_distances(X, Y))


def squares_transposed(X, Y):
    """Wrong: rows and columns exchanged."""
    return squared_distances(Y, X)


def squares_single_product(X, Y):
    """Wrong: forgets the 2 of the middle term."""
    x2, y2 = np.sum(X**2, axis=1), np.sum(Y**2, axis=1)
    return x2[:, None] - X @ Y.T + y2


def squares_plus(X, Y):
    """Wrong: sign of the middle term."""
    x2, y2 = np.sum(X**2, axis=1), np.sum(Y**2, axis=1)
    return x2[:, None] + 2 * X @ Y.T + y2


def squares_pythagoras(X, Y):
    """Wrong: no middle term at all."""
    return np.sum(X**2, axis=1)[:, None] + np.sum(Y**2, axis=1)


def squares_absolute(X, Y):
    """Wrong: adds up absolute values."""
    return np.abs(X[:, None, :] - Y).sum(axis=2)


def squares_mean(X, Y):
    """Wrong: mean over the coordinates."""
    return np.mean((X[:, None, :] - Y) ** 2, axis=2)


def squares_wrong_axis(X, Y):
    """Wrong: adds up over the rows of Y."""
    return np.sum((X[:, None, :] - Y) ** 2, axis=1)


def squares_not_added(X, Y):
    """Wrong: returns all differences."""
    return X[:, None, :] - Y


def squares_negative(X, Y):
    """Wrong: rounding makes entries negative."""
    center = Y.mean(axis=0)
    X, Y = X - center, Y - center
    x2, y2 = np.sum(X**2, axis=1), np.sum(Y**2, axis=1)
    return x2[:, None] - 2 * X @ Y.T + y2 - 1e-15


def squares_cancel(X, Y):
    """Wrong: cancels far from the origin."""
    x2, y2 = np.sum(X**2, axis=1), np.sum(Y**2, axis=1)
    return np.maximum(x2[:, None] - 2 * X @ Y.T + y2, 0)


def squares_two_centers(X, Y):
    """Wrong: each list is moved by its own mean."""
    return squared_distances(X - X.mean(axis=0), Y - Y.mean(axis=0))


def squares_floor(X, Y):
    """Wrong: cuts off well above 0."""
    return np.maximum(squared_distances(X, Y), 1e-9)


def squares_in_place(X, Y):
    """Wrong: moves the rows of the caller."""
    center = Y.mean(axis=0)
    X -= center
    Y -= center
    return squared_distances(X, Y)


# --- signed_distances -------------------------------------------------------


def signed_distances(X, w, b):
    """Right: through the foot of each row."""
    weight = (np.dot(X, w) + b) / np.sum(w**2)
    return weight * np.linalg.norm(w)


def signed_absolute(X, w, b):
    """Wrong: loses the sides."""
    return np.abs(X @ w + b) / np.linalg.norm(w)


def signed_undivided(X, w, b):
    """Wrong: does not divide by the length of w."""
    return X @ w + b


def signed_twice(X, w, b):
    """Wrong: divides by the squared length."""
    return (X @ w + b) / (w @ w)


def signed_bias_outside(X, w, b):
    """Wrong: brackets around the wrong terms."""
    return X @ w / np.linalg.norm(w) + b


def signed_brackets_forgotten(X, w, b):
    """Wrong: divides the bias only."""
    return X @ w + b / np.linalg.norm(w)


def signed_no_bias(X, w, b):
    """Wrong: forgets the bias."""
    return X @ w / np.linalg.norm(w)


def signed_minus_bias(X, w, b):
    """Wrong: takes the hyperplane w . x = b."""
    return (X @ w - b) / np.linalg.norm(w)


def signed_reversed(X, w, b):
    """Wrong: sign turned around."""
    return -(X @ w + b) / np.linalg.norm(w)


def signed_one_norm(X, w, b):
    """Wrong: divides by the 1-norm."""
    return (X @ w + b) / np.abs(w).sum()


def signed_in_place(X, w, b):
    """Wrong: right result, but makes w a unit vector."""
    length = np.linalg.norm(w)
    w /= length
    return X @ w + b / length


# --- extend_basis -----------------------------------------------------------


def extend_basis(V):
    """Right: adds each unit vector that raises the rank."""
    rows = list(V)
    for e in np.eye(V.shape[1]):
        if np.linalg.matrix_rank(np.array([*rows, e])) > len(rows):
            rows.append(e)
    return np.array(rows)


def extend_first(V):
    """Wrong: takes the first unit vectors, whatever V is."""
    m, d = V.shape
    return np.vstack([V, np.eye(d)[: d - m]])


def extend_last(V):
    """Wrong: takes the last unit vectors, whatever V is."""
    m, d = V.shape
    return np.vstack([V, np.eye(d)[m:]])


def extend_all(V):
    """Wrong: adds all unit vectors."""
    return np.vstack([V, np.eye(V.shape[1])])


def extend_new_only(V):
    """Wrong: returns only what was added."""
    return extend_basis(V)[len(V) :]


def extend_unit_first(V):
    """Wrong: the rows of V come last."""
    full = extend_basis(V)
    return np.vstack([full[len(V) :], V])


def extend_columns(V):
    """Wrong: basis vectors as columns."""
    return extend_basis(V).T


def extend_replaced(V):
    """Wrong: another basis of the space, without V."""
    return np.eye(V.shape[1])


def extend_reduced(V):
    """Wrong: adds remainders of unit vectors, no unit vectors."""
    rows = list(V)
    for e in np.eye(V.shape[1]):
        if np.linalg.matrix_rank(np.array([*rows, e])) > len(rows):
            rows.append(e - rows[0])
    return np.array(rows)


def extend_in_place(V):
    """Wrong: right result, but scales the rows of the caller."""
    full = extend_basis(V)
    V /= 2
    return full


# --- nearest_neighbor -------------------------------------------------------


def nearest_neighbor(X_train, y_train, X):
    """Right: one row after the other."""
    places = [np.argmin(np.linalg.norm(X_train - x, axis=1)) for x in X]
    return np.array([y_train[i] for i in places])


def neighbor_places(X_train, y_train, X):
    """Wrong: returns places instead of labels."""
    return squared_distances(X, X_train).argmin(axis=1)


def neighbor_distances(X_train, y_train, X):
    """Wrong: returns the distances."""
    return squared_distances(X, X_train).min(axis=1)


def neighbor_farthest(X_train, y_train, X):
    """Wrong: takes the farthest."""
    return y_train[squared_distances(X, X_train).argmax(axis=1)]


def neighbor_axis(X_train, y_train, X):
    """Wrong: smallest along the wrong axis."""
    places = squared_distances(X, X_train).argmin(axis=0)
    return y_train[places % len(y_train)]


def neighbor_dot(X_train, y_train, X):
    """Wrong: largest dot product, without the lengths."""
    return y_train[(X @ X_train.T).argmax(axis=1)]


def neighbor_one_norm(X_train, y_train, X):
    """Wrong: distance in the 1-norm."""
    D = np.abs(X[:, None, :] - X_train).sum(axis=2)
    return y_train[D.argmin(axis=1)]


def neighbor_cosine(X_train, y_train, X):
    """Wrong: the nearest direction, not the nearest row."""
    length = np.linalg.norm(X_train, axis=1)
    return y_train[(X @ X_train.T / length).argmax(axis=1)]


def neighbor_last_tie(X_train, y_train, X):
    """Wrong: the last of equally near rows."""
    D = squared_distances(X, X_train)[:, ::-1]
    return y_train[::-1][D.argmin(axis=1)]


def neighbor_largest_tie(X_train, y_train, X):
    """Wrong: the largest label of equally near rows."""
    D = squared_distances(X, X_train)
    return np.array([y_train[row == row.min()].max() for row in D])


def neighbor_in_place(X_train, y_train, X):
    """Wrong: right result, but sorts the labels of the caller."""
    result = nearest_neighbor(X_train, y_train, X)
    y_train.sort()
    return result


RIGHT = {
    "shadow": shadow,
    "squared_distances": squared_distances,
    "signed_distances": signed_distances,
    "extend_basis": extend_basis,
    "nearest_neighbor": nearest_neighbor,
}

WRONG = {
    "shadow": [
        shadow_once,
        shadow_undivided,
        shadow_roles,
        shadow_by_x,
        shadow_rest,
        shadow_unsigned,
        shadow_minus,
        shadow_cosine,
        shadow_entrywise,
        shadow_number,
        shadow_in_place,
    ],
    "squared_distances": [
        squares_roots,
        squares_transposed,
        squares_single_product,
        squares_plus,
        squares_pythagoras,
        squares_absolute,
        squares_mean,
        squares_wrong_axis,
        squares_not_added,
        squares_negative,
        squares_cancel,
        squares_two_centers,
        squares_floor,
        squares_in_place,
    ],
    "signed_distances": [
        signed_absolute,
        signed_undivided,
        signed_twice,
        signed_bias_outside,
        signed_brackets_forgotten,
        signed_no_bias,
        signed_minus_bias,
        signed_reversed,
        signed_one_norm,
        signed_in_place,
    ],
    "extend_basis": [
        extend_first,
        extend_last,
        extend_all,
        extend_new_only,
        extend_unit_first,
        extend_columns,
        extend_replaced,
        extend_reduced,
        extend_in_place,
    ],
    "nearest_neighbor": [
        neighbor_places,
        neighbor_distances,
        neighbor_farthest,
        neighbor_axis,
        neighbor_dot,
        neighbor_one_norm,
        neighbor_cosine,
        neighbor_last_tie,
        neighbor_largest_tie,
        neighbor_in_place,
    ],
}

HINTS = {
    "shadow_once": "only once",
    "shadow_undivided": "not divided",
    "shadow_roles": "multiple of y",
    "shadow_by_x": "divided by x . x",
    "shadow_rest": "what remains",
    "shadow_unsigned": "keep the sign",
    "shadow_minus": "must point against y",
    "shadow_cosine": "y times the cosine",
    "shadow_entrywise": "entry by entry",
    "shadow_number": "single number",
    "shadow_in_place": "was changed by the call",
    "squares_roots": "leave out the root",
    "squares_transposed": "transposed",
    "squares_single_product": "-2ab",
    "squares_plus": "look at the sign",
    "squares_pythagoras": "lacks the dot products",
    "squares_absolute": "square the differences",
    "squares_mean": "their sum",
    "squares_wrong_axis": "wrong axis",
    "squares_not_added": "add them up",
    "squares_negative": "below 0",
    "squares_cancel": "far from the origin",
    "squares_two_centers": "different vectors",
    "squares_floor": "cut off",
    "squares_in_place": "was changed by the call",
    "signed_absolute": "lost its signs",
    "signed_undivided": "not divided",
    "signed_twice": "|w|^2",
    "signed_bias_outside": "part of the numerator",
    "signed_brackets_forgotten": "divides only the bias",
    "signed_no_bias": "no bias",
    "signed_minus_bias": "subtracts the bias",
    "signed_reversed": "wrong sign",
    "signed_one_norm": "1-norm",
    "signed_in_place": "was changed by the call",
    "extend_first": "dependent",
    "extend_last": "dependent",
    "extend_all": "always dependent",
    "extend_new_only": "new vectors only",
    "extend_unit_first": "at the end",
    "extend_columns": "columns",
    "extend_replaced": "unchanged",
    "extend_reduced": "no unit vector",
    "extend_in_place": "was changed by the call",
    "neighbor_places": "look up",
    "neighbor_distances": "squared distances",
    "neighbor_farthest": "farthest",
    "neighbor_axis": "training rows",
    "neighbor_dot": "favors long rows",
    "neighbor_one_norm": "1-norm",
    "neighbor_cosine": "largest cosine",
    "neighbor_last_tie": "first one counts",
    "neighbor_largest_tie": "first one counts",
    "neighbor_in_place": "was changed by the call",
}
